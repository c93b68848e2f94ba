/** Programs that are not on PATH: fetched once into the cache, from their projects or from a mirror. */
import { join } from 'node:path';
import { existsSync, makeFolderSync, rename, rm } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import { fetchFile } from '../process/fetch.ts';
import { runProcess } from '../process/run.ts';
import { NotFetchedError } from './not-fetched.ts';
import { istioHas } from './versions.ts';

/** From where programs are fetched, and where to. */
export interface DownloadOptions {
  /** The folder of fetched programs. */
  readonly cache: string;
  /** Instead of the projects' own servers: `MIRROR/kind/v0.33.0/kind-linux-amd64` and so on. */
  readonly mirror?: string;
  /** Nothing is fetched. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (message: string) => void;
}

/**
 * Fetches kind or kubectl, unless the cache has it.
 * @param wanted - which versions would do, for the message
 * @returns the program's path
 * @throws HarnessError ERR_PLATFORM_NOT_READY if `offline` forbids it, ERR_TOOL
 */
export async function fetchProgram(
  name: 'kind' | 'kubectl',
  version: string,
  wanted: string,
  options: DownloadOptions,
): Promise<string> {
  const file = join(options.cache, name, version, name);
  if (!existsSync(file)) {
    refuseOffline(name, `${name} ${wanted}`, options);
    options.onProgress?.(`fetching ${name} ${version}`);
    const { url, checksumUrl } = sourceOf(name, version, options.mirror);
    await fetchFile({ ...options, url, checksumUrl, file, isProgram: true });
  }
  return file;
}

/**
 * Fetches and unpacks a release of Istio into the cache.
 * @throws HarnessError ERR_PLATFORM_NOT_READY if `offline` forbids it, ERR_TOOL
 */
export async function fetchIstio(version: string, options: DownloadOptions): Promise<void> {
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
  // Unpack aside and then move: a folder of the release's name is complete.
  const aside = join(parent, `.unpacking-${process.pid}`);
  try {
    makeFolderSync(aside);
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

function refuseOffline(name: string, what: string, { offline }: DownloadOptions): void {
  if (!offline) return;
  throw new NotFetchedError(
    `There is no ${what}, neither on PATH nor in the cache`,
    name === 'istioctl'
      ? '--istio-dir names an unpacked release.'
      : `Put ${name} on PATH, or run once without --offline.`,
  );
}

/** Says where a project publishes a program; a mirror has it by the same name. */
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
