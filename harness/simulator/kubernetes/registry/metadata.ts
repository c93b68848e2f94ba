/** The metadata that the API server itself writes; it ignores what the client sent. */
import type { Random } from '../../../base/random.ts';
import { type FieldError, IMMUTABLE, invalidValue } from './field-errors.ts';
import { equal, type KubernetesObject, listOf, objectOf } from './json.ts';
import { keyOf, type ResourceType } from './resources.ts';

/** Names that are generated: no vowels, nothing that looks alike (apimachinery pkg/util/rand/rand.go). */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_PREFIX_LENGTH = 58;

/** Makes a name that starts with the prefix, of 63 characters at most. */
export function generateName(prefix: string, random: Random): string {
  return prefix.slice(0, MAX_PREFIX_LENGTH) + random.text(SUFFIX_LENGTH, NAME_ALPHABET);
}

/** Clears what a client cannot decide on when it creates. */
export function clearSystemMetadata({ metadata }: KubernetesObject): void {
  for (const key of OF_THE_SERVER) if (key in metadata) delete metadata[key];
}

const OF_THE_SERVER = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'resourceVersion',
] as const;

/** Puts back what an update cannot change. */
export function keepSystemMetadata(updated: KubernetesObject, current: KubernetesObject): void {
  const from = current.metadata;
  for (const key of [
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'generateName',
    'name',
    'namespace',
  ]) {
    if (from[key] === undefined) delete updated.metadata[key];
    else updated.metadata[key] = from[key];
  }
  delete updated.metadata['selfLink'];
}

/**
 * Finds what is wrong with a write that marks an object for deletion, which DELETE alone does
 * (apiserver pkg/registry/rest/update.go, apimachinery pkg/api/validation/objectmeta.go @v1.32).
 */
export function changesOfDeletion(updated: KubernetesObject, current: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const { deletionTimestamp: time } = updated.metadata;
  if (current.metadata.deletionTimestamp === undefined && typeof time === 'string') {
    errors.push(invalidValue('metadata.deletionTimestamp', time, IMMUTABLE));
  }
  const key = 'deletionGracePeriodSeconds';
  const [grace, before] = [updated.metadata[key], current.metadata[key]];
  if (typeof grace === 'number' && grace !== before) {
    errors.push(invalidValue(`metadata.${key}`, grace, IMMUTABLE));
  }
  return errors;
}

/** Tells whether two states of an object are equal but for the fields that every write changes. */
export function isSameState(a: KubernetesObject, b: KubernetesObject): boolean {
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (key === 'metadata' || key === 'apiVersion') continue;
    if (!equal(a[key], b[key])) return false;
  }
  const ignored = { resourceVersion: undefined, managedFields: undefined };
  return (
    equal({ ...a.metadata, ...ignored }, { ...b.metadata, ...ignored }) &&
    sameManagedFields(a.metadata['managedFields'], b.metadata['managedFields'])
  );
}

/** Tells whether two lists of managed fields are equal but for their times. */
function sameManagedFields(a: unknown, b: unknown): boolean {
  const plain = (entries: unknown) =>
    listOf(entries).map(entry =>
      typeof entry === 'object' && entry !== null ? { ...entry, time: undefined } : entry,
    );
  return equal(plain(a), plain(b));
}

/** Tells whether a pod got its node, and nothing else: a binding is not counted (core/pod/storage.go). */
function isBinding(type: ResourceType, before: KubernetesObject, after: KubernetesObject): boolean {
  const [spec, bound] = [objectOf(before['spec']), objectOf(after['spec'])];
  if (keyOf(type) !== 'pods' || spec['nodeName'] === bound['nodeName']) return false;
  return equal({ ...spec, nodeName: bound['nodeName'] }, bound);
}

/** Does the update change anything that a generation counts: all but metadata and status? */
export function changesSpec(type: ResourceType, a: KubernetesObject, b: KubernetesObject): boolean {
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (key === 'metadata' || key === 'kind' || key === 'apiVersion') continue;
    if (key === 'status' && type.hasStatus) continue;
    if (!equal(a[key], b[key])) return !(key === 'spec' && isBinding(type, a, b));
  }
  return false;
}
