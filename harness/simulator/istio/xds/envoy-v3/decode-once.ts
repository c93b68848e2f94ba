/**
 * Decoding with a memory: proxies of a mesh are told the same, and a message means the same to all of them.
 * Nothing but bytes goes in, and what comes out is frozen.
 */
import { BoundedMemory } from '../../../../base/bounded-memory.ts';
import type { ResourcesByType, ResourceType } from '../resources.ts';
import { CODECS } from './resource-codecs.ts';

type Resource = ResourcesByType[ResourceType][number];

/** When it is full the memory begins anew: a larger one costs more than it saves, also with 20 clusters. */
const known = new BoundedMemory<Resource>(4000);

/** What was taken without effect, by resource. */
const notes = new WeakMap<Resource, readonly string[]>();

/**
 * Says what was taken without effect when a resource was read, each once; nothing of one that was never
 * bytes.
 */
export const notesOn = (resource: Resource): readonly string[] => notes.get(resource) ?? [];

/**
 * Returns the resource that bytes mean.
 * @throws Refusal, in one line, for what the simulated Envoy cannot execute
 */
export function decodeOnce<T extends ResourceType>(type: T, body: Uint8Array): ResourcesByType[T][number] {
  const key = `${type} ${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')}`;
  // A cast: what is kept under the name of a type is of that type.
  return known.recall(key, () => {
    const said = new Set<string>();
    const resource: Resource = deepFreeze(CODECS[type].decode(body, note => said.add(note)));
    if (said.size > 0) notes.set(resource, [...said]);
    return resource;
  }) as ResourcesByType[T][number];
}

function deepFreeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
