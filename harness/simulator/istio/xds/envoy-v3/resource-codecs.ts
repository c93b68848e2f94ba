/** How each type of resource travels: the bytes of one resource. */

import type { OnNote } from '../proto/refusal.ts';
import type { ResourcesByType, ResourceType } from '../resources.ts';
import { decodeCluster, encodeCluster } from './cluster.ts';
import { decodeEndpoints, encodeEndpoints } from './endpoint.ts';
import { decodeListener, encodeListener } from './listener.ts';
import { decodeRoutes, encodeRoutes } from './route.ts';

/** A type's codec. */
interface ResourceCodec<T> {
  /** The name by which a proxy asks for a resource. */
  readonly nameOf: (resource: T) => string;
  readonly encode: (resource: T) => Uint8Array;
  /** @throws Refusal, in one line, for what the simulated Envoy cannot execute */
  readonly decode: (bytes: Uint8Array, onNote?: OnNote) => T;
}

const named = ({ name }: { readonly name: string }): string => name;

/** The codec of each type. */
export const CODECS: { readonly [T in ResourceType]: ResourceCodec<ResourcesByType[T][number]> } = {
  cluster: {
    nameOf: named,
    encode: encodeCluster,
    decode: decodeCluster,
  },
  endpoint: {
    nameOf: ({ clusterName }) => clusterName,
    encode: encodeEndpoints,
    decode: decodeEndpoints,
  },
  listener: {
    nameOf: named,
    encode: encodeListener,
    decode: decodeListener,
  },
  route: {
    nameOf: named,
    encode: encodeRoutes,
    decode: decodeRoutes,
  },
};
