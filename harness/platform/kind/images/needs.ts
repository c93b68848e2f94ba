/** All images that a run on kind needs, and what each is for. */
import { readFileSync } from '../../../base/disk/disk.ts';
import { imagesOf, renderImages } from '../../image-list.ts';
import type { Programs } from '../../platform.ts';
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
  programs: Programs,
  options: KindOptions,
  signal: AbortSignal,
): Promise<readonly Need[]> {
  const manifest =
    loadBalancerOf(options.loadBalancer) === 'metallb'
      ? await metalLbManifest({ ...options, signal })
      : undefined;
  const mesh = await renderImages(programs, { ...options, signal });
  const balancer = manifest === undefined ? [] : imagesOf([readFileSync(manifest, 'utf8')]);
  return [
    ...mesh.map(reference => ({ reference, role: 'mesh' as const })),
    ...balancer
      .filter(reference => !mesh.includes(reference))
      .map(reference => ({ reference, role: 'load-balancer' as const })),
  ];
}

/** Lists the images that the engine needs: that of the nodes, and that of the cache unless there is none. */
export const engineNeeds = (nodeImage: string, { noCache, cacheImage }: KindOptions): readonly Need[] => [
  { reference: nodeImage, role: 'node' },
  ...(noCache ? [] : [{ reference: cacheImage ?? REGISTRY_IMAGE, role: 'cache' as const }]),
];
