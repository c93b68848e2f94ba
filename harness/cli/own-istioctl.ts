/** An istioctl of the user's that works on simulated clusters. */
import path from 'node:path';
import { existsSync } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import { editionFor } from '../platform/versions.ts';
import { givenProgram, type WantedProgram } from './given-program.ts';

/** A program, and what it says of itself. */
export interface OwnIstioctl {
  readonly file: string;
  /** `1.30.3`; `unknown` for a build without a release. */
  readonly version: string;
}

/** The flags that name it. */
interface IstioctlFlags {
  readonly istioctl?: string;
  /** Of an unpacked release: its own istioctl. */
  readonly istioDir?: string;
}

const HINT =
  'It comes with a release of Istio; or: go install istio.io/istio/istioctl/cmd/istioctl@latest ' +
  '(docs/platforms.md). Without --istioctl and --istio-dir none is needed.';

/** As given by a flag. Some releases print the version alone, others after `client version: `. */
const wantedBy = (flag: string): WantedProgram => ({
  name: 'istioctl',
  flag,
  versionArgv: ['version', '--remote=false'],
  readVersion: stdout => /^(?:client version: )?(\S+)$/.exec(stdout.trim())?.[1],
  hint: HINT,
});

/**
 * Finds the istioctl that the command line names for the simulator.
 * @returns undefined if it names none, and on another platform
 * @throws HarnessError ERR_USAGE for an empty path, and if it cannot be run; ERR_TOOL if it gives no answer
 */
export async function ownIstioctl(
  flags: IstioctlFlags,
  platform: string,
  signal: AbortSignal,
): Promise<OwnIstioctl | undefined> {
  if (platform !== 'simulator') return undefined;
  const [flag, asked] = namedBy(flags);
  if (asked === undefined) return undefined;
  const { path: file, version } = await givenProgram(wantedBy(flag), asked, signal);
  return { file, version };
}

/** @returns the flag, and the path that it names */
function namedBy({ istioctl, istioDir }: IstioctlFlags): readonly [flag: string, path: string | undefined] {
  if (istioctl !== undefined || istioDir === undefined) return ['--istioctl', istioctl];
  const inRelease = path.join(istioDir, 'bin', 'istioctl');
  const inFolder = path.join(istioDir, 'istioctl');
  return ['--istio-dir', !existsSync(inRelease) && existsSync(inFolder) ? inFolder : inRelease];
}

/**
 * Returns the edition that goes with an istioctl.
 * @throws HarnessError ERR_USAGE if the two do not go together
 */
export function editionWith(istioctl: OwnIstioctl, asked: string | undefined): string {
  const own = editionFor(istioctl.version);
  if (asked === undefined || asked === own) return own;
  throw new HarnessError(
    'ERR_USAGE',
    `Edition ${asked} is not for istioctl ${istioctl.version}: its commands are those of ${own}.`,
    { hint: 'Leave --edition out: it follows from the istioctl.' },
  );
}

/** Says who works: for the lines before a run. */
export const describeIstioctl = ({ file, version }: OwnIstioctl): string =>
  `istioctl: ${file} (version ${version}), on the clock of the wall.`;
