/** Values of enumerations that a release has not. */
import { type Edition, typeOf } from './names.ts';
import type { FieldType } from './type-text.ts';

/**
 * Words the first value of a spec that is none of its field's, as istioctl does who reads a file.
 * @returns undefined if there is none, or for a kind that the release has not
 */
export function unknownValue(edition: Edition, kind: string, spec: unknown): string | undefined {
  const type = typeOf(edition, kind);
  return type && within(type, spec, '');
}

function within(type: FieldType, value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (type.kind === 'scalar')
    return typeof value === 'string' && type.values.length > 0 && !type.values.includes(value)
      ? `unknown value ${JSON.stringify(JSON.stringify(value))} for enum ${name}`
      : undefined;
  if (typeof value !== 'object') return undefined;
  for (const [key, item] of Object.entries(value)) {
    const inner = type.kind === 'object' ? type.fields.get(key) : type.of;
    const found = inner && within(inner, item, type.kind === 'object' ? key : name);
    if (found !== undefined) return found;
  }
  return undefined;
}
