/** The real istiod that a command line brings along (`--istiod`), found before anything starts. */
import { HarnessError } from '../base/errors.ts';
import { type GivenProgram, givenProgram, type WantedProgram } from './given-program.ts';

/** A `pilot-discovery` of this machine. */
export type RealIstiodProgram = GivenProgram;

/** What decides whether a real istiod fits. */
interface Surroundings {
  readonly edition: string;
  readonly signal: AbortSignal;
}

/** Edition 1.8 installs what no istiod of today reads. */
const EDITION = 'current';

const PILOT_DISCOVERY: WantedProgram = {
  name: 'pilot-discovery',
  flag: '--istiod',
  versionArgv: ['version', '--output', 'json'],
  readVersion: clientVersionOf,
  hint:
    'To get it: go install istio.io/istio/pilot/cmd/pilot-discovery@latest, or the image istio/pilot ' +
    '(docs/platforms.md). Without --istiod our own istiod works.',
};

/**
 * Finds the program, and asks it for its version; ends what a killed run has left of it.
 * @param asked - of `--istiod`
 * @returns undefined if none was asked for
 * @throws HarnessError ERR_USAGE for another edition, and for a path that is empty or no
 *   `pilot-discovery`; ERR_TOOL if it gives no answer
 */
export async function realIstiodOf(
  asked: string | undefined,
  { edition, signal }: Surroundings,
): Promise<RealIstiodProgram | undefined> {
  if (asked === undefined) return undefined;
  if (edition !== EDITION)
    throw new HarnessError('ERR_USAGE', `--istiod goes with edition ${EDITION} only, not with ${edition}.`, {
      hint: `Leave --edition out. What edition ${edition} installs, no istiod of today can read.`,
    });
  const program = await givenProgram(PILOT_DISCOVERY, asked, signal);
  const { sweepLeftIstiods } = await import('./left-istiods.ts');
  await sweepLeftIstiods();
  return program;
}

/** @returns undefined if what the program prints is not Istio's (istio.io/istio pkg/version/cobra.go) */
function clientVersionOf(stdout: string): string | undefined {
  try {
    const told = JSON.parse(stdout) as { readonly clientVersion?: { readonly version?: unknown } } | null;
    const version = told?.clientVersion?.version;
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
