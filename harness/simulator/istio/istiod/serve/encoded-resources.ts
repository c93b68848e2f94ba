/** Resources as bytes: each with its name, and a version that follows from its content. */
import { createHash } from 'node:crypto';
import { BoundedMemory } from '../../../../base/bounded-memory.ts';
import type { Resource } from '../../xds/ads/messages.ts';
import { CODECS } from '../../xds/envoy-v3/resource-codecs.ts';
import type { ResourcesByType, ResourceType } from '../../xds/resources.ts';

/** A resource that is ready to travel. */
export type EncodedResource = Resource<Uint8Array>;

type Codec<T extends ResourceType> = (typeof CODECS)[T];

/**
 * By the type and the JSON of a resource: most of a push is what the one before had, and other istiods and
 * proxies have the same. When it is full it begins anew: with five times as many, 20 clusters took 130 MB
 * more and no less time.
 */
const known = new BoundedMemory<EncodedResource>(4000);

/** Encodes resources of one type; equal resources once. */
export const encodeResources = <T extends ResourceType>(
  type: T,
  resources: readonly ResourcesByType[T][number][],
): readonly EncodedResource[] => resources.map(resource => encodeOnce(type, resource));

function encodeOnce<T extends ResourceType>(type: T, resource: ResourcesByType[T][number]): EncodedResource {
  const key = `${type} ${JSON.stringify(resource)}`;
  return known.recall(key, () => {
    const codec: Codec<T> = CODECS[type];
    const body = codec.encode(resource);
    return { name: codec.nameOf(resource), version: versionOf(body), body };
  });
}

/** Equal bytes, equal version: a proxy that comes back need not be told what it has. */
export const versionOf = (body: Uint8Array): string => createHash('sha1').update(body).digest('base64url');
