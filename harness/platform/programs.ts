/** kind, kubectl and istioctl: found in a supported version, or fetched once into the cache. */
import { join } from 'node:path';
import { existsSync } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import { findProgram } from '../process/find.ts';
import { cachedProgram } from './cached-programs.ts';
import { lookAtIstioFolder } from './istio-folder.ts';
import { type DownloadOptions, fetchIstio, fetchProgram } from './program-downloads.ts';
import { type ProgramName, versionOf } from './program-versions.ts';
import { compare, formatLine, type Line, lineOf } from './version-line.ts';
import { FETCHED_KIND, KUBECTL_SKEW, type VersionWindow } from './version-windows.ts';

/** The places to look for programs, and to fetch missing ones from. */
export interface ProgramOptions extends DownloadOptions {
  /** An unpacked Istio release: its `bin/istioctl` and `samples` are used. */
  readonly istioFolder?: string;
  /** No other release will do, though it be of the same line. */
  readonly istioVersion?: string;
  /** Folders to look in, as in the variable PATH; that of this process by default. */
  readonly path?: string;
}

/** A program, and what it says its version is. */
export interface FoundProgram {
  readonly file: string;
  readonly version: string;
}

export interface IstioRelease extends FoundProgram {
  /** The unpacked release: `samples/` lies in it. */
  readonly folder: string;
}

/** @throws HarnessError ERR_PLATFORM_NOT_READY, ERR_TOOL */
export async function findKind(
  { oldestKind }: VersionWindow,
  options: ProgramOptions,
): Promise<FoundProgram> {
  const isGood = (line: Line) => compare(line, oldestKind) >= 0;
  const wanted = `${formatLine(oldestKind)} or newer`;
  return await findOrFetch('kind', FETCHED_KIND, wanted, isGood, options);
}

/**
 * Finds a kubectl for API servers of one version.
 * @throws HarnessError ERR_PLATFORM_NOT_READY, ERR_TOOL
 */
export async function findKubectl(server: string, options: ProgramOptions): Promise<FoundProgram> {
  const near = lineOf(server) ?? [1, 0];
  const isGood = (line: Line) => line[0] === near[0] && Math.abs(line[1] - near[1]) <= KUBECTL_SKEW;
  const wanted = `within ${KUBECTL_SKEW} minor version of ${formatLine(near)}`;
  return await findOrFetch('kubectl', server, wanted, isGood, options);
}

/**
 * Finds istioctl with the release that it came in: samples and the gateway script must be of the same line.
 * @param window - with the release that is fetched if there is none
 */
export async function findIstio(window: VersionWindow, options: ProgramOptions): Promise<IstioRelease> {
  const { istioFolder, istioVersion, cache } = options;
  const wanted = lineOf(window.istio) ?? [0, 0];
  if (istioFolder !== undefined) return await releaseIn(istioFolder, window, options);
  const folder = join(cache, 'istio', `istio-${window.istio}`);
  const file = join(folder, 'bin', 'istioctl');
  if (!existsSync(file)) {
    const found = await describeFound('istioctl', line => compare(line, wanted) === 0, options);
    // A release's bin folder on PATH, as its own documentation has it.
    const release = found && join(found.file, '..', '..');
    const isWanted = istioVersion === undefined || found?.version === istioVersion;
    if (found && isWanted && release !== undefined && existsSync(join(release, 'samples', 'multicluster')))
      return { ...found, folder: release };
    await fetchIstio(window.istio, options);
  }
  return { file, version: (await versionOf('istioctl', file, options.signal)) ?? window.istio, folder };
}

/** @throws HarnessError ERR_PLATFORM_NOT_READY if the folder holds no release that goes with the window */
async function releaseIn(
  folder: string,
  { edition }: VersionWindow,
  { signal, onProgress }: ProgramOptions,
): Promise<IstioRelease> {
  const found = await lookAtIstioFolder(folder, edition, signal);
  if (!found.isGood)
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `${found.problem}.`.replace(/\.\.$/, '.'), {
      hint: found.fix,
    });
  const { file, version, remark } = found;
  if (remark !== undefined) onProgress?.(`istioctl says ${version}: ${remark}`);
  return { file, version, folder };
}

/** Returns the program on PATH if its version fits. */
export async function describeFound(
  name: ProgramName,
  isGood: (line: Line) => boolean,
  { path, signal }: ProgramOptions,
): Promise<FoundProgram | undefined> {
  const file = findProgram(name, path);
  const version = file === undefined ? undefined : await versionOf(name, file, signal);
  const line = version === undefined ? undefined : lineOf(version);
  return file !== undefined && version !== undefined && line && isGood(line) ? { file, version } : undefined;
}

async function findOrFetch(
  name: 'kind' | 'kubectl',
  version: string,
  wanted: string,
  isGood: (line: Line) => boolean,
  options: ProgramOptions,
): Promise<FoundProgram> {
  const found = await describeFound(name, isGood, options);
  const there = found ?? cachedProgram(name, version, isGood, options.cache);
  if (there) return there;
  if (!isGood(lineOf(version) ?? [0, 0])) {
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `There is no ${name} ${wanted} on PATH.`, {
      hint: `Install one: ${version}, which would be fetched, does not go with the node image.`,
    });
  }
  return { file: await fetchProgram(name, version, wanted, options), version };
}
