/** Where nodes get images from: a pull-through cache that outlives runs, and archives that are loaded into them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import { runProcess } from '../../process/run.ts';
import type { Engine } from './engine.ts';
import { CACHE_LABEL } from './labels.ts';

/** The registry program in its proxy mode (distribution/distribution, docs: "Registry as a pull through cache"). */
const REGISTRY_IMAGE = 'registry:2';
const REGISTRY_PORT = 5000;
const STORE = '/var/lib/registry';

/** Registry that an image names → where it is. One cache can stand for one of them only. */
const UPSTREAMS: Readonly<Record<string, string>> = {
  'docker.io': 'https://registry-1.docker.io',
  'registry.istio.io': 'https://registry.istio.io',
  'quay.io': 'https://quay.io',
  'gcr.io': 'https://gcr.io',
};

export interface ImageCache {
  /** A folder with a `hosts.toml` for each registry, for containerd. */
  readonly folder: string;
  /** The cache's containers. */
  readonly containers: readonly string[];
}

export const cacheName = (registry: string): string => `mesh-harness-cache-${registry.replaceAll('.', '-')}`;

/**
 * Starts the cache, or finds it running. Its containers belong to no run: `clean --cache` removes them.
 * @param folder - where the files for containerd are written
 * @returns undefined, with a word to `onTrouble`, if the registry's own image can not be had: then nodes pull by themselves
 */
export async function startCache(
  engine: Engine,
  {
    folder,
    offline,
    onTrouble,
  }: { readonly folder: string; readonly offline: boolean; readonly onTrouble: (message: string) => void },
): Promise<ImageCache | undefined> {
  try {
    if (!(await engine.hasImage(REGISTRY_IMAGE))) {
      if (offline) throw new Error(`there is no image ${REGISTRY_IMAGE} on this machine`);
      await engine.pull(REGISTRY_IMAGE);
    }
    const there = await engine.containers(CACHE_LABEL);
    for (const [registry, url] of Object.entries(UPSTREAMS)) {
      const name = cacheName(registry);
      const found = there.find(container => container.name === name);
      if (found?.isRunning) continue;
      if (found) await engine.removeContainer(found.id);
      await engine
        .createContainer({
          name,
          image: REGISTRY_IMAGE,
          labels: { [CACHE_LABEL]: registry },
          env: { REGISTRY_PROXY_REMOTEURL: url },
          volumes: { [name]: STORE },
        })
        // Another run has just started it.
        .catch((error: unknown) => {
          if (!/already in use|Conflict/i.test(messageOf(error))) throw error;
        });
    }
  } catch (error) {
    onTrouble(`Images are pulled without a cache: ${messageOf(error)}`);
    return undefined;
  }
  for (const registry of Object.keys(UPSTREAMS)) {
    mkdirSync(join(folder, registry), { recursive: true });
    writeFileSync(join(folder, registry, 'hosts.toml'), hostsFile(registry));
  }
  return { folder, containers: Object.keys(UPSTREAMS).map(cacheName) };
}

/** containerd asks the mirror first and then the registry itself (containerd/containerd docs/hosts.md). Nodes know containers by name through Docker's DNS. */
export function hostsFile(registry: string): string {
  return [
    `server = "${UPSTREAMS[registry] ?? `https://${registry}`}"`,
    '',
    `[host."http://${cacheName(registry)}:${REGISTRY_PORT}"]`,
    '  capabilities = ["pull", "resolve"]',
    '',
  ].join('\n');
}

const LOAD_MS = 10 * 60_000;

/** Loads archives made with `docker save` into all nodes of a cluster. @throws HarnessError ERR_PLATFORM_NOT_READY */
export async function loadArchives(
  kind: string,
  cluster: string,
  archives: readonly string[],
  how: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<void> {
  if (archives.length === 0) return;
  // Not `load docker-image`: on engines with containerd's image store it fails for images of several platforms (kind#3795).
  const args = ['load', 'image-archive', ...archives, '--name', cluster];
  const result = await runProcess(kind, args, { ...how, timeoutMs: LOAD_MS });
  how.signal.throwIfAborted();
  if (result.exitCode === 0) return;
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `${quoteArgv([kind, ...args])} ended with exit code ${result.exitCode}: ${result.stderr.trim()}`,
  );
}

/**
 * Every image that a set of manifests names, sorted; what injection adds is in them too, as istiod's ConfigMap.
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
  for (const manifest of manifests) for (const document of loadAll(manifest)) visit(document);
  return [...found].sort();
}
