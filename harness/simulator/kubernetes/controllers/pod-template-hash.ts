/** The hash by which a Deployment tells the ReplicaSets of its pod templates apart. */
import type { PodTemplate } from '../client/kinds.ts';
import { isObject } from '../registry/json.ts';

/** Without vowels and look-alikes (kubernetes/apimachinery pkg/util/rand: SafeEncodeString). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Writes JSON with sorted keys, so that equal templates give equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined && entry !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Tells whether two templates make the same ReplicaSet. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return hasAllOf(withoutHash(a), withoutHash(b)) && hasAllOf(withoutHash(b), withoutHash(a));
}

/** Tells whether every value of `b` stands in `a`; null counts as absent, as in the canonical text. */
function hasAllOf(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(b))
    return Array.isArray(a) && a.length === b.length && b.every((entry, index) => hasAllOf(a[index], entry));
  if (!isObject(a) || !isObject(b)) return (a ?? undefined) === (b ?? undefined);
  return Object.keys(b).every(key => hasAllOf(a[key], b[key]));
}

/** Returns the template as the Deployment has it: without the label that the hash itself adds. */
function withoutHash(template: PodTemplate): PodTemplate {
  const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/**
 * Hashes a template. Kubernetes hashes Go's print of its structs; this hashes canonical JSON (FNV-1a, 32
 * bits), so that names look alike but have other letters.
 * @param collisions - how often this name was already taken by another template
 */
export function podTemplateHash(template: PodTemplate, collisions = 0): string {
  let hash = 0x811c9dc5;
  const text = canonical(withoutHash(template)) + (collisions > 0 ? String(collisions) : '');
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return Array.from(String(hash >>> 0), digit => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}
