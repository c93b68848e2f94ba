/** The kind that tests are held against: a release that the harness itself would fetch. */
import { execFileSync } from 'node:child_process';
import { FETCHED_KIND } from '../../../harness/platform/version-windows.ts';
import { findProgram } from '../../../harness/process/find.ts';
import { realNodeMissing } from './real-node.ts';

const VARIABLE = 'MESH_HARNESS_KIND';

/** @returns its path: MESH_HARNESS_KIND, or that on PATH; undefined if it is absent or another release */
export function findRealKind(): string | undefined {
  const file = process.env[VARIABLE] ?? findProgram('kind');
  if (file === undefined) return undefined;
  try {
    const said = execFileSync(file, ['version', '-q'], { encoding: 'utf8' }).trim();
    return `v${said}` === FETCHED_KIND ? file : undefined;
  } catch {
    return undefined;
  }
}

/** @returns why tests with it are skipped; undefined if they can run */
export function realKindMissing(): string | undefined {
  if (findRealKind() === undefined) {
    const line = `go install sigs.k8s.io/kind@${FETCHED_KIND}`;
    return `needs kind ${FETCHED_KIND} on PATH or in ${VARIABLE}: ${line}`;
  }
  return realNodeMissing();
}
