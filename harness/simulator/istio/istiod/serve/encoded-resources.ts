/** Resources as bytes: each with its name, and a version that follows from its content. */
import { createHash } from 'node:crypto';
import type { Resource } from '../../xds/ads/messages.ts';
import { CODECS } from '../../xds/envoy-v3/resource-codecs.ts';
import type { ResourcesByType, ResourceType } from '../../xds/resources.ts';

/** A resource that is ready to travel. */
export type EncodedResource = Resource<Uint8Array>;

type Codec<T extends ResourceType> = (typeof CODECS)[T];

/** Encodes resources of one type. */
export function encodeResources<T extends ResourceType>(
  type: T,
  resources: readonly ResourcesByType[T][number][],
): readonly EncodedResource[] {
  const codec: Codec<T> = CODECS[type];
  return resources.map(resource => {
    const body = codec.encode(resource);
    return { name: codec.nameOf(resource), version: versionOf(body), body };
  });
}

/** Returns what the bytes of resources say, for pages that people read. */
export const decodeResources = (type: ResourceType, resources: readonly EncodedResource[]): unknown[] =>
  resources.map(({ body }) => CODECS[type].decode(body));

/** Equal bytes, equal version: a proxy that comes back need not be told what it has. */
const versionOf = (body: Uint8Array): string => createHash('sha1').update(body).digest('base64url');
