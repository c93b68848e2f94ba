/** The kubectl binary of this machine, for tests that need the real one. */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../harness/process/find.ts';

/** A version that most installations have, whose words are those of the transcripts. */
const MINOR = '1.32';

/**
 * A kubectl of 1.32 where one is told apart by its name, else the one on PATH; undefined if there is none.
 */
export function findKubectl(): string | undefined {
  const onPath = findProgram('kubectl');
  // Some installations have a kubectl that chooses among others beside it by the server's version.
  const beside = onPath && path.join(path.dirname(realpathSync(onPath)), `kubectl.${MINOR}`);
  return findProgram(`kubectl.${MINOR}`) ?? (beside !== undefined && existsSync(beside) ? beside : onPath);
}

/**
 * For `t.test(name, { skip }, …)`. With MESH_HARNESS_REQUIRE_KUBECTL in the environment a missing one is a
 * failure.
 */
export const withoutKubectl = (kubectl: string | undefined): string | false =>
  kubectl === undefined && !process.env['MESH_HARNESS_REQUIRE_KUBECTL']
    ? 'there is no kubectl on PATH'
    : false;
