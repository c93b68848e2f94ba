/** Takes out of a report what must not leave the process. */
import { redact } from '../base/redact.ts';

/**
 * Takes keys and tokens out of every text of a value, and certificates, which are derived from keys.
 * @returns a copy of the same shape
 */
export function withoutSecrets<T>(value: T): T {
  if (typeof value === 'string') {
    // The cast says that a text stays a text.
    return clean(value) as T & string;
  }
  if (Array.isArray(value)) return value.map(withoutSecrets) as T & unknown[]; // the same elements, cleaned
  if (typeof value === 'object' && value !== null) {
    // The same keys.
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutSecrets(entry)])) as T;
  }
  return value;
}

function clean(text: string): string {
  if (text.length < 20) return text;
  return redact(text)
    .replace(/-----BEGIN ([A-Z ]+)-----[\s\S]*?(-----END \1-----|$)/g, '<$1 removed>')
    .replace(/\bLS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, '<PEM removed>');
}
