/** An istioctl of the user's that works on simulated clusters. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { editionFor } from '../platform/versions.ts';
import { runProcess } from '../process/run.ts';

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

const VERSION_MS = 15_000;

/**
 * Finds the istioctl that the command line names for the simulator.
 * @returns undefined if it names none
 * @throws HarnessError ERR_USAGE for `--istioctl` on another platform; ERR_TOOL if it cannot be run
 */
export async function ownIstioctl(
  flags: IstioctlFlags,
  platform: string,
  signal: AbortSignal,
): Promise<OwnIstioctl | undefined> {
  if (platform !== 'simulator') {
    if (flags.istioctl === undefined) return undefined;
    throw new HarnessError('ERR_USAGE', `--istioctl is for the simulator, not for ${platform}.`, {
      hint: 'There --istio-dir names the unpacked release whose istioctl works.',
    });
  }
  const file = fileOf(flags);
  if (file === undefined) return undefined;
  const result = await runProcess(file, ['version', '--remote=false'], { timeoutMs: VERSION_MS, signal });
  signal.throwIfAborted();
  const version = result.stdout.trim().split(/\s+/).at(-1);
  if (result.exitCode === 0 && version) return { file, version };
  throw new HarnessError('ERR_TOOL', `${file} is no istioctl that runs here: ${result.stderr.trim()}`, {
    hint: 'Leave --istioctl and --istio-dir out: then no program is needed.',
  });
}

function fileOf({ istioctl, istioDir }: IstioctlFlags): string | undefined {
  if (istioctl !== undefined) return path.resolve(istioctl);
  if (istioDir === undefined) return undefined;
  const inRelease = path.resolve(istioDir, 'bin', 'istioctl');
  return existsSync(inRelease) ? inRelease : path.resolve(istioDir, 'istioctl');
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
