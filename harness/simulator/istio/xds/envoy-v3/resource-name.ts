/** The name of a resource out of its bytes, without reading the rest. */
import protobuf from 'protobufjs/minimal.js';
import { Refusal } from '../proto/refusal.ts';

/** `name` of Cluster, Listener and RouteConfiguration, `cluster_name` of ClusterLoadAssignment: all field 1. */
const NAME_FIELD = 1;

/**
 * Returns the name.
 * @throws Refusal for bytes that are no message; a message without a name has the empty one
 */
export function resourceName(body: Uint8Array): string {
  const reader = protobuf.Reader.create(body);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === NAME_FIELD) return reader.string();
      reader.skipType(tag & 7);
    }
    return '';
  } catch (error) {
    throw new Refusal('a resource is no protobuf message', { cause: error });
  }
}
