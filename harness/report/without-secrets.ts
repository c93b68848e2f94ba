/** Takes out of a report what must not leave the process. */
import { redact } from '../base/redact.ts';

/** No secret is shorter. */
const SHORTEST = 20;

/**
 * Takes keys and tokens out of every text of a value, and certificates, which are derived from keys.
 * @returns a copy of the same shape
 */
export function withoutSecrets<T>(value: T): T {
  if (typeof value === 'string') {
    // The cast says that a text stays a text.
    return (value.length < SHORTEST ? value : redact(value)) as T & string;
  }
  if (Array.isArray(value)) return value.map(withoutSecrets) as T & unknown[]; // the same elements, cleaned
  if (typeof value === 'object' && value !== null) {
    // Names of our own stay; those of evidence may be anything.
    const entries = Object.entries(value).map(([key, each]) => [withoutSecrets(key), withoutSecrets(each)]);
    return Object.fromEntries(entries) as T;
  }
  return value;
}
