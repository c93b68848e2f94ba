/** What makes a new object itself: its name, its uid and the time of its creation. */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { type KubernetesObject, timestamp } from './json.ts';
import { generateName } from './metadata.ts';
import type { ResourceType } from './resources.ts';
import type { Store } from './store.ts';

/** The sources of uids, times and free names for new objects. */
export interface Birthplace {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

const MAX_NAME_ATTEMPTS = 8;

/**
 * Gives a new object its name, if that is to be generated, and what makes it itself: its uid, the time of its
 * creation, its first generation. In place.
 */
export function identify(
  type: ResourceType,
  namespace: string,
  object: KubernetesObject,
  birth: Birthplace,
): void {
  const prefix = object.metadata['generateName'];
  if ((object.metadata.name ?? '') === '' && typeof prefix === 'string' && prefix !== '') {
    object.metadata.name = freeName(type, namespace, prefix, birth);
  }
  object.metadata.uid = birth.random.uuid();
  object.metadata.creationTimestamp = timestamp(birth.clock.now());
  if (type.hasGeneration) object.metadata.generation = 1;
}

/** Kubernetes 1.31 and later tries again when a generated name is taken. */
function freeName(
  type: ResourceType,
  namespace: string,
  prefix: string,
  { random, store }: Birthplace,
): string {
  let name = generateName(prefix, random);
  for (let attempt = 1; attempt < MAX_NAME_ATTEMPTS && store.get(type, namespace, name); attempt++) {
    name = generateName(prefix, random);
  }
  return name;
}
