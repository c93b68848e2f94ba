/** All images that a run on kind needs, and what each is for. */
import { readFileSync } from '../../../base/disk/disk.ts';
import { imagesOf, renderImages } from '../../image-list.ts';
import { REGISTRY_IMAGE } from '../image-cache.ts';
import { loadBalancerOf } from '../load-balancers.ts';
import { metalLbManifest } from '../metallb.ts';
import type { KindOptions } from '../options.ts';

/** What an image is for: kind's nodes, the cache of images, Istio and its samples, MetalLB. */
type Role = 'node' | 'cache' | 'mesh' | 'load-balancer';

/** An image that a run needs. */
export interface Need {
  readonly reference: string;
  readonly role: Role;
}

/** Lists the images that nodes need: those of Istio's installation, of its samples, and of MetalLB. */
export async function nodeNeeds(
  programs: Rendering,
  options: KindOptions,
  signal: AbortSignal,
): Promise<readonly Need[]> {
  const balancer = await balancerNeeds(options, signal);
  const mesh = await meshNeeds(programs, options, signal);
  return [...mesh, ...balancer.filter(({ reference }) => !mesh.some(each => each.reference === reference))];
}

/** What the images of a mesh are read out of. */
export type Rendering = Parameters<typeof renderImages>[0];

/** Lists the images of Istio's installation and of its samples. */
export const meshNeeds = async (
  programs: Rendering,
  options: KindOptions,
  signal: AbortSignal,
): Promise<readonly Need[]> =>
  (await renderImages(programs, { ...options, signal })).map(reference => ({ reference, role: 'mesh' }));

/** Lists the images of MetalLB, if it was asked for; its manifest is fetched for that. */
export async function balancerNeeds(options: KindOptions, signal: AbortSignal): Promise<readonly Need[]> {
  if (loadBalancerOf(options.loadBalancer) !== 'metallb') return [];
  const manifest = await metalLbManifest({ ...options, signal });
  return imagesOf([readFileSync(manifest, 'utf8')]).map(reference => ({ reference, role: 'load-balancer' }));
}

/** Lists the images that the engine needs: that of the nodes, and that of the cache unless there is none. */
export const engineNeeds = (nodeImage: string, { noCache, cacheImage }: KindOptions): readonly Need[] => [
  { reference: nodeImage, role: 'node' },
  ...(noCache ? [] : [{ reference: cacheImage ?? REGISTRY_IMAGE, role: 'cache' as const }]),
];
