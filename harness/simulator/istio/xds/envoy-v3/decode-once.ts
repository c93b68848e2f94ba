/**
 * Decoding with a memory: proxies of a mesh are told the same, and a message means the same to all of them.
 * Nothing but bytes goes in, and what comes out is frozen.
 */
import type { ResourcesByType, ResourceType } from '../resources.ts';
import { CODECS } from './resource-codecs.ts';

/** When it is full the memory begins anew: a larger one costs more than it saves, also with 20 clusters. */
const MOST_MESSAGES = 4000;

const known = new Map<string, unknown>();

/**
 * Returns the resource that bytes mean.
 * @throws Refusal, in one line, for what the simulated Envoy cannot execute
 */
export function decodeOnce<T extends ResourceType>(type: T, body: Uint8Array): ResourcesByType[T][number] {
  const key = `${type} ${Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')}`;
  // Casts: only what this function has put there, under the name of its type.
  const found = known.get(key) as ResourcesByType[T][number] | undefined;
  if (found) return found;
  const resource = CODECS[type].decode(body) as ResourcesByType[T][number];
  if (known.size >= MOST_MESSAGES) known.clear();
  known.set(key, deepFreeze(resource));
  return resource;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
