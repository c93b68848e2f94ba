/** An unpacked release of Istio that the user names: what it is, or why it will not do. */
import { join } from 'node:path';
import { existsSync } from '../base/disk/disk.ts';
import { askVersion } from './program-versions.ts';
import { formatLine, lineOf } from './version-line.ts';
import { editionMismatch, releasesOf, windowOf } from './versions.ts';

/** What a folder holds. */
type IstioFolder =
  | { readonly isGood: true; readonly file: string; readonly version: string; readonly remark?: string }
  | { readonly isGood: false; readonly problem: string; readonly fix: string };

const takes = (edition: string): string => `Edition ${edition} takes Istio ${releasesOf(windowOf(edition))}.`;

const bad = (problem: string, fix: string): IstioFolder => ({ isGood: false, problem, fix });

/**
 * Looks at the folder that `--istio-dir` names.
 * @returns with a remark if the version is not that of a release
 */
export async function lookAtIstioFolder(
  folder: string,
  edition: string,
  signal: AbortSignal,
): Promise<IstioFolder> {
  const file = join(folder, 'bin', 'istioctl');
  const answer = await askVersion('istioctl', file, signal);
  if (answer === undefined || !existsSync(join(folder, 'samples'))) {
    const missing = [
      ...(answer === undefined ? [existsSync(file) ? 'bin/istioctl does not work' : 'no bin/istioctl'] : []),
      ...(existsSync(join(folder, 'samples')) ? [] : ['no samples/']),
    ];
    return bad(
      `${folder} is no unpacked Istio release: ${missing.join(', ')}`,
      '--istio-dir names the folder that holds bin/istioctl and samples/.',
    );
  }
  const { version, said } = answer;
  if (version === undefined)
    return bad(
      `${file} says ${JSON.stringify(said.slice(0, 200))}: no version in it`,
      'A build tells its version if it is made with one, such as 1.31-alpha.1: VERSION=… make build.',
    );
  const mismatch = editionMismatch(edition, version);
  if (mismatch !== undefined)
    return bad(
      `${folder}: ${mismatch}`,
      `Leave --edition out: it follows from the release. ${takes(edition)}`,
    );
  const line = lineOf(version);
  const isRelease = /^v?\d+\.\d+\.\d+$/.test(version);
  return {
    isGood: true,
    file,
    version,
    ...(!isRelease && line && { remark: `taken as Istio ${formatLine(line)}` }),
  };
}
