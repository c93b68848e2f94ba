/** The real istiod that a command line brings along (`--istiod`), found before anything starts. */
import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { findProgram } from '../process/find.ts';
import { runProcess } from '../process/run.ts';

/** A `pilot-discovery` of this machine. */
export interface RealIstiodProgram {
  /** Absolute. */
  readonly path: string;
  /** As the program tells it; `unknown` where it was built without one. */
  readonly version: string;
}

/** What decides whether a real istiod fits. */
interface Surroundings {
  readonly platform: string;
  readonly edition: string;
  readonly signal: AbortSignal;
}

/** Edition 1.8 installs what no istiod of today reads. */
const EDITION = 'current';
const VERSION_MS = 15_000;
const HOW_TO_GET_IT = 'docs/platforms.md says how to get the program.';

/**
 * Finds the program, and asks it for its version; ends what a killed run has left of it.
 * @param asked - of `--istiod`
 * @returns undefined if none was asked for
 * @throws HarnessError ERR_USAGE for another platform or edition; ERR_TOOL if the path is no
 *   `pilot-discovery`
 */
export async function realIstiodOf(
  asked: string | undefined,
  { platform, edition, signal }: Surroundings,
): Promise<RealIstiodProgram | undefined> {
  if (asked === undefined) return undefined;
  if (platform !== 'simulator')
    throw new HarnessError(
      'ERR_USAGE',
      `--istiod is for the simulator; on ${platform} istiod is real anyway.`,
    );
  if (edition !== EDITION)
    throw new HarnessError('ERR_USAGE', `--istiod goes with edition ${EDITION} only, not with ${edition}.`, {
      hint: `Leave --edition out. What edition ${edition} installs, no istiod of today can read.`,
    });
  const file = findProgram(path.resolve(asked));
  if (file === undefined)
    throw new HarnessError('ERR_TOOL', `${asked} is no program that can be run.`, { hint: HOW_TO_GET_IT });
  const version = await versionOf(file, signal);
  if (version === undefined)
    throw new HarnessError('ERR_TOOL', `${asked} is no pilot-discovery: it tells no version.`, {
      hint: HOW_TO_GET_IT,
    });
  const { sweepLeftIstiods } = await import('./left-istiods.ts');
  await sweepLeftIstiods();
  return { path: file, version };
}

/** @returns undefined if what the program prints is not Istio's (istio.io/istio pkg/version/cobra.go) */
async function versionOf(file: string, signal: AbortSignal): Promise<string | undefined> {
  const result = await runProcess(file, ['version', '--output', 'json'], { timeoutMs: VERSION_MS, signal });
  signal.throwIfAborted();
  try {
    const told = JSON.parse(result.stdout) as {
      readonly clientVersion?: { readonly version?: unknown };
    } | null;
    const version = told?.clientVersion?.version;
    return result.exitCode === 0 && typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
