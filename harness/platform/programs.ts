/** kind, kubectl and istioctl: found in a supported version, or fetched once into the cache. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../base/errors.ts';
import { fetchFile } from '../process/fetch.ts';
import { findProgram } from '../process/find.ts';
import { runProcess } from '../process/run.ts';
import {
  compare,
  editionMismatch,
  FETCHED_KIND,
  formatLine,
  istioHas,
  KUBECTL_SKEW,
  type Line,
  lineOf,
  releasesOf,
  type VersionWindow,
} from './versions.ts';

export interface ProgramOptions {
  /** Where fetched programs are kept. */
  readonly cache: string;
  /** An unpacked Istio release: its `bin/istioctl` and `samples` are used. */
  readonly istioFolder?: string;
  /** Instead of the projects' own servers: `MIRROR/kind/v0.30.0/kind-linux-amd64` and so on. */
  readonly mirror?: string;
  /** Nothing is fetched. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (message: string) => void;
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

const VERSION_MS = 20_000;

/** @throws HarnessError ERR_PLATFORM_NOT_READY, ERR_TOOL */
export async function findKind(
  { oldestKind }: VersionWindow,
  options: ProgramOptions,
): Promise<FoundProgram> {
  const isGood = (line: Line) => compare(line, oldestKind) >= 0;
  const wanted = `${formatLine(oldestKind)} or newer`;
  return await findOrFetch('kind', FETCHED_KIND, wanted, isGood, options);
}

export async function findKubectl(server: string, options: ProgramOptions): Promise<FoundProgram> {
  const near = lineOf(server) ?? [1, 0];
  const isGood = (line: Line) => line[0] === near[0] && Math.abs(line[1] - near[1]) <= KUBECTL_SKEW;
  const wanted = `within ${KUBECTL_SKEW} minor version of ${formatLine(near)}`;
  return await findOrFetch('kubectl', server, wanted, isGood, options);
}

/** istioctl with the release that it came in: samples and the gateway script must be of the same line. */
export async function findIstio(window: VersionWindow, options: ProgramOptions): Promise<IstioRelease> {
  const { istioFolder, cache } = options;
  const wanted = lineOf(window.istio) ?? [0, 0];
  if (istioFolder !== undefined) {
    const file = join(istioFolder, 'bin', 'istioctl');
    const version = await versionOf('istioctl', file, options.signal);
    if (version === undefined || !existsSync(join(istioFolder, 'samples'))) {
      throw new HarnessError('ERR_PLATFORM_NOT_READY', `${istioFolder} is no unpacked Istio release.`, {
        hint: '--istio-dir names the folder that holds bin/istioctl and samples/.',
      });
    }
    const mismatch = editionMismatch(window.edition, version);
    if (mismatch !== undefined) {
      throw new HarnessError('ERR_PLATFORM_NOT_READY', `${istioFolder}: ${mismatch}`, {
        hint: `Leave --edition out: it follows from the release. Edition ${window.edition} takes Istio ${releasesOf(window)}.`,
      });
    }
    return { file, version, folder: istioFolder };
  }
  const folder = join(cache, 'istio', `istio-${window.istio}`);
  const file = join(folder, 'bin', 'istioctl');
  if (!existsSync(file)) {
    const found = await describeFound('istioctl', line => compare(line, wanted) === 0, options);
    // A release's bin folder on PATH, as its own documentation has it.
    const release = found && join(found.file, '..', '..');
    if (found && release !== undefined && existsSync(join(release, 'samples', 'multicluster')))
      return { ...found, folder: release };
    await fetchIstio(window.istio, options);
  }
  return { file, version: (await versionOf('istioctl', file, options.signal)) ?? window.istio, folder };
}

/** How a program is asked for its version. */
const VERSION_ARGUMENTS = {
  kind: ['version', '-q'],
  kubectl: ['version', '--client', '-o', 'json'],
  istioctl: ['version', '--remote=false'],
} as const;
type Name = keyof typeof VERSION_ARGUMENTS;

/** @returns undefined if it cannot be run */
export async function versionOf(name: Name, file: string, signal: AbortSignal): Promise<string | undefined> {
  const result = await runProcess(file, VERSION_ARGUMENTS[name], { timeoutMs: VERSION_MS, signal });
  signal.throwIfAborted();
  if (result.exitCode !== 0) return undefined;
  return /v?\d+\.\d+\.\d+[\w.+-]*/.exec(result.stdout)?.[0];
}

/** @returns the program on PATH if its version will do */
export async function describeFound(
  name: Name,
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
  if (found) return found;
  const file = join(options.cache, name, version, name);
  if (!existsSync(file)) {
    refuseOffline(name, `${name} ${wanted}`, options);
    options.onProgress?.(`fetching ${name} ${version}`);
    const { url, checksumUrl } = sourceOf(name, version, options.mirror);
    await fetchFile({ ...options, url, checksumUrl, file, isProgram: true });
  }
  return { file, version };
}

async function fetchIstio(version: string, options: ProgramOptions): Promise<void> {
  refuseOffline('istioctl', `istioctl ${version} with its release`, options);
  options.onProgress?.(`fetching Istio ${version}`);
  const parent = join(options.cache, 'istio');
  const archive = join(parent, `istio-${version}.tar.gz`);
  await fetchFile({
    ...options,
    ...sourceOf('istio', version, options.mirror),
    file: archive,
    isProgram: false,
  });
  // Unpacked aside and then moved: a folder of that name is complete.
  const aside = join(parent, `.unpacking-${process.pid}`);
  try {
    await mkdir(aside, { recursive: true });
    const result = await runProcess('tar', ['-xzf', archive, '-C', aside], {
      timeoutMs: 120_000,
      signal: options.signal,
    });
    if (result.exitCode !== 0)
      throw new HarnessError('ERR_TOOL', `${archive} cannot be unpacked: ${result.stderr.trim()}`);
    await rename(join(aside, `istio-${version}`), join(parent, `istio-${version}`));
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(archive, { force: true });
  }
}

function refuseOffline(name: string, what: string, { offline }: ProgramOptions): void {
  if (!offline) return;
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `There is no ${what}, neither on PATH nor in the cache, and --offline fetches nothing.`,
    {
      hint:
        name === 'istioctl'
          ? '--istio-dir names an unpacked release.'
          : `Put ${name} on PATH, or run once without --offline.`,
    },
  );
}

/** Where the projects publish their programs, and a mirror has them in the same names. */
export function sourceOf(
  name: 'kind' | 'kubectl' | 'istio',
  version: string,
  mirror?: string,
  { platform, arch }: { readonly platform: string; readonly arch: string } = process,
): { readonly url: string; readonly checksumUrl: string } {
  const os = platform === 'darwin' ? 'darwin' : 'linux';
  const machine = arch === 'arm64' ? 'arm64' : 'amd64';
  const base = mirror?.replace(/\/+$/, '');
  switch (name) {
    case 'kind': {
      const url = `${base ? `${base}/kind` : 'https://github.com/kubernetes-sigs/kind/releases/download'}/${version}/kind-${os}-${machine}`;
      return { url, checksumUrl: `${url}.sha256sum` };
    }
    case 'kubectl': {
      const url = base
        ? `${base}/kubectl/${version}/kubectl-${os}-${machine}`
        : `https://dl.k8s.io/release/${version}/bin/${os}/${machine}/kubectl`;
      return { url, checksumUrl: `${url}.sha256` };
    }
    case 'istio': {
      // The one for macOS on other processors has no name of theirs.
      const hasArm = machine === 'arm64' && istioHas('armArchiveForMac', version);
      const suffix = os === 'darwin' ? (hasArm ? 'osx-arm64' : 'osx') : `linux-${machine}`;
      const url = `${base ? `${base}/istio` : 'https://github.com/istio/istio/releases/download'}/${version}/istio-${version}-${suffix}.tar.gz`;
      return { url, checksumUrl: `${url}.sha256` };
    }
  }
}
