/** The images that a run will need, before it needs them: their list, and a cache for their registries. */
import { join } from 'node:path';
import { readFileSync } from '../../base/disk/disk.ts';
import { messageOf } from '../../base/errors.ts';
import { proxyEnvironment } from '../../process/proxies.ts';
import { imagesOf, registryOf, renderImages } from '../image-list.ts';
import { type ImageCache, startCache } from './image-cache.ts';
import type { DockerNetworks } from './networks.ts';
import type { RunContext } from './options.ts';

/**
 * Lists the images of the installation and of a manifest. If they cannot be rendered it returns an empty
 * list: the installation itself will report the fault, and pull its images later.
 * @param manifest - path of another document that a run applies
 * @throws the signal's reason
 */
export async function expectedImages(
  { programs, options, signal, tell, images }: RunContext,
  manifest: string | undefined,
): Promise<readonly string[]> {
  if (images) return images;
  try {
    const more = manifest === undefined ? [] : imagesOf([readFileSync(manifest, 'utf8')]);
    return [...(await renderImages(programs, { ...options, signal })), ...more];
  } catch (error) {
    signal.throwIfAborted();
    tell(`Images are not looked for beforehand: ${messageOf(error)}`);
    return [];
  }
}

/**
 * Starts a cache for the registries of the images, and connects it to the networks of the topology.
 * @param privateRegistries - left out: the cache has no credentials
 * @returns undefined if no registry is left, or the user wants no cache
 */
export async function startImageCache(
  { engine, options, ledger, proxies, tell }: RunContext,
  { ofTopology }: DockerNetworks,
  images: readonly string[],
  privateRegistries: ReadonlySet<string>,
): Promise<ImageCache | undefined> {
  const registries = [...new Set(images.map(registryOf))].filter(name => !privateRegistries.has(name));
  if (options.noCache || registries.length === 0) return undefined;
  const cache = await startCache(engine, {
    registries,
    folder: join(ledger.folder, 'certs.d'),
    offline: options.offline,
    onTrouble: tell,
    ...(proxies && { env: proxyEnvironment(proxies) }),
    ...(options.cacheImage !== undefined && { image: options.cacheImage }),
  });
  for (const container of cache?.containers ?? []) {
    for (const { name } of ofTopology.values()) await engine.connect(name, container);
  }
  return cache;
}
