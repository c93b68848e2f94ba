/** Lists the images that a run will need: rendered from the manifests that it will install, never typed. */
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { existsSync, readFileSync } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import { quoteArgv } from '../base/quote.ts';
import { shortOutput } from '../base/telling-lines.ts';
import { withImages } from '../model/sample-images.ts';
import { runProcess } from '../process/run.ts';
import type { Programs } from './platform.ts';
import type { IstioRelease } from './programs.ts';

const RENDER_MS = 60_000;
/** Of the samples that plans apply; a release has the second client or the first. */
const SAMPLES = [['helloworld/helloworld.yaml'], ['curl/curl.yaml', 'sleep/sleep.yaml']];

export interface ImageSettings {
  readonly hub?: string;
  readonly tag?: string;
  readonly set?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Lists the images that `istioctl manifest generate` and the samples name. It asks no cluster.
 * @throws HarnessError ERR_TOOL with the line to paste
 */
export async function renderImages(
  { istioctl, istioFolder, env, sampleImages = {} }: Omit<Programs, 'kubectl'>,
  { hub, tag, set = [], signal }: ImageSettings,
): Promise<readonly string[]> {
  const values = [
    ...(hub === undefined ? [] : [`hub=${hub}`]),
    ...(tag === undefined ? [] : [`tag=${tag}`]),
    ...set,
  ];
  const argv = ['manifest', 'generate', ...values.flatMap(value => ['--set', value])];
  const { stdout, stderr, exitCode } = await runProcess(istioctl, argv, {
    env,
    timeoutMs: RENDER_MS,
    signal,
  });
  signal.throwIfAborted();
  if (exitCode !== 0) {
    const line = quoteArgv([istioctl, ...argv]);
    throw new HarnessError('ERR_TOOL', `${line} ended with exit code ${exitCode}: ${shortOutput(stderr)}`);
  }
  const samples = SAMPLES.flatMap(names => {
    const file = names.map(name => join(istioFolder, 'samples', name)).find(existsSync);
    return file === undefined ? [] : [withImages(readFileSync(file, 'utf8'), sampleImages)];
  });
  return imagesOf([stdout, ...samples]);
}

/**
 * Returns the programs of a plan that come with a release of Istio.
 * @param hub - from where its samples take their images too
 */
export const istioPrograms = (
  { file, folder }: IstioRelease,
  hub: string | undefined,
  env: Programs['env'] = {},
): Omit<Programs, 'kubectl'> => ({
  istioctl: file,
  istioFolder: folder,
  env,
  ...(hub !== undefined && { sampleImages: sampleImagesFrom(hub) }),
});

/**
 * Returns replacements by `--hub` for the registries of the samples' images that Istio publishes, in the
 * names of 1.8 and of today.
 */
const sampleImagesFrom = (hub: string): Readonly<Record<string, string>> => ({
  'docker.io/istio/': `${hub}/`,
  'registry.istio.io/release/': `${hub}/`,
});

/**
 * Lists every image that a set of manifests names, sorted, and those that injection adds, by the values in
 * its ConfigMap (istio/istio
 * manifests/charts/istio-control/istio-discovery/templates/istiod-injector-configmap.yaml @1.8.0 and
 * @1.30.3).
 * @param manifests - of `istioctl manifest generate` and of the samples
 */
export function imagesOf(manifests: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) {
        if (key === 'image' && typeof each === 'string' && each !== '' && each !== 'auto') found.add(each);
        else visit(each);
      }
    }
  };
  for (const manifest of manifests) {
    for (const document of loadAll(manifest)) {
      visit(document);
      const injected = injectedImage(document);
      if (injected !== undefined) found.add(injected);
    }
  }
  return [...found].sort();
}

interface InjectorValues {
  readonly global?: {
    readonly hub?: string;
    readonly tag?: string;
    readonly variant?: string;
    readonly proxy?: { readonly image?: string };
  };
}

/**
 * Returns the image of injected proxies; a name without a slash is below the hub (istio/istio
 * pkg/kube/inject/inject.go @1.30.3, ProxyImage).
 */
function injectedImage(document: unknown): string | undefined {
  const { kind, data, metadata } = (document ?? {}) as {
    readonly kind?: string;
    readonly metadata?: { readonly name?: string };
    readonly data?: { readonly values?: string };
  }; // a manifest that istioctl has written
  if (
    kind !== 'ConfigMap' ||
    !metadata?.name?.startsWith('istio-sidecar-injector') ||
    data?.values === undefined
  ) {
    return undefined;
  }
  const { global = {} } = JSON.parse(data.values) as InjectorValues; // of the release's own chart
  const { hub, tag, variant, proxy } = global;
  const image = proxy?.image ?? 'proxyv2';
  if (image.includes('/')) return image;
  if (!hub || !tag) return undefined;
  return `${hub}/${image}:${tag}${variant ? `-${variant}` : ''}`;
}

/**
 * Returns the registry of an image: `docker.io` for a name without one (distribution/reference normalize.go:
 * a first part with a dot, a colon, or localhost is one).
 */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}
