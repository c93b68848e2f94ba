/** A pull-through cache of images that outlives runs: one registry in its proxy mode for each upstream. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeFolderSync, writeFileSync } from '../../base/disk/disk.ts';
import { messageOf } from '../../base/errors.ts';
import type { Engine } from './engine/engine.ts';
import { CACHE_LABEL, CACHE_PROXY_LABEL } from './labels.ts';

/**
 * The registry program in its proxy mode (distribution/distribution, docs: "Registry as a pull through
 * cache").
 */
export const REGISTRY_IMAGE = 'registry:2';
const REGISTRY_PORT = 5000;
/** Where the registry program keeps what it has. */
export const STORE = '/var/lib/registry';

/**
 * Returns the address of a registry. Docker Hub is the only one whose name is not its address (docker/docs
 * docker-hub/mirror).
 */
const upstreamOf = (registry: string): string =>
  registry === 'docker.io' ? 'https://registry-1.docker.io' : `https://${registry}`;

export interface ImageCache {
  /** A folder with a `hosts.toml` for each registry, for containerd. */
  readonly folder: string;
  /** The cache's containers. */
  readonly containers: readonly string[];
}

export const cacheName = (registry: string): string =>
  `mesh-harness-cache-${registry.replaceAll(/[^a-z0-9]/gi, '-')}`;

export interface CacheOptions {
  /** The program's image; `registry:2` by default. */
  readonly image?: string;
  /** Whose images are wanted. */
  readonly registries: readonly string[];
  /** The folder of the files for containerd. */
  readonly folder: string;
  readonly offline: boolean;
  /** The user's proxies, as variables: by these it reaches the registries. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onTrouble: (message: string) => void;
}

/**
 * Starts the cache, or finds it running. Its containers belong to no run: `clean --cache` removes them.
 * @returns undefined, with a word to `onTrouble`, if the registry's own image cannot be had: then nodes pull
 *   by themselves
 */
export async function startCache(engine: Engine, options: CacheOptions): Promise<ImageCache | undefined> {
  const { image = REGISTRY_IMAGE, registries, folder, offline, onTrouble, env = {} } = options;
  const proxies = digestOf(env);
  try {
    if (!(await engine.hasImage(image))) {
      if (offline) throw new Error(`there is no image ${image} on this machine`);
      await engine.pull(image);
    }
    const there = await engine.containers(CACHE_LABEL);
    for (const registry of registries) {
      const name = cacheName(registry);
      const found = there.find(container => container.name === name);
      // One that was started with other proxies reaches its registry no more; what it has stored stays.
      // Without a network it serves that, and one that is started anew would not (offline.ts).
      if (found?.isRunning && (offline || (found.labels[CACHE_PROXY_LABEL] ?? '') === proxies)) continue;
      if (found) await engine.removeContainer(found.id);
      await engine.createVolume(name, { [CACHE_LABEL]: registry });
      await engine
        .createContainer({
          name,
          image,
          labels: { [CACHE_LABEL]: registry, ...(proxies !== '' && { [CACHE_PROXY_LABEL]: proxies }) },
          env: { ...env, REGISTRY_PROXY_REMOTEURL: upstreamOf(registry) },
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
  for (const registry of registries) {
    makeFolderSync(join(folder, registry));
    writeFileSync(join(folder, registry, 'hosts.toml'), hostsFile(registry));
  }
  return { folder, containers: registries.map(cacheName) };
}

/**
 * Writes the hosts file of a registry. containerd asks the mirror first and then the registry itself
 * (containerd/containerd docs/hosts.md). Nodes know containers by name through Docker's DNS.
 */
export function hostsFile(registry: string): string {
  return [
    `server = "${upstreamOf(registry)}"`,
    '',
    `[host."http://${cacheName(registry)}:${REGISTRY_PORT}"]`,
    '  capabilities = ["pull", "resolve"]',
    '',
  ].join('\n');
}

/** Tells one set of proxies from another, without telling them; empty without any. */
const digestOf = (env: Readonly<Record<string, string>>): string =>
  Object.keys(env).length === 0
    ? ''
    : createHash('sha256')
        .update(JSON.stringify(Object.entries(env).sort()))
        .digest('hex')
        .slice(0, 16);
