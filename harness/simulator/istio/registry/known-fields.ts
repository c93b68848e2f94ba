/** What of a document a release of Istio has: a field that came later says nothing to an older one. */
import { type Edition, typeOf } from './names.ts';
import type { FieldType } from './type-text.ts';

/**
 * Leaves out the fields that a release has not, as the API server does by the schemas of its definitions.
 * @param root - a kind or a document of names.ts; of an unknown one all stays
 */
export function knownFields(edition: Edition, root: string, value: unknown): unknown {
  const type = typeOf(edition, root);
  return type ? known(type, value) : value;
}

function known(type: FieldType, value: unknown): unknown {
  if (type.kind === 'list' && Array.isArray(value)) return value.map(item => known(type.of, item));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value);
  if (type.kind === 'map')
    return Object.fromEntries(fields.map(([key, item]) => [key, known(type.of, item)]));
  if (type.kind !== 'object') return value;
  return Object.fromEntries(
    fields.flatMap(([name, item]) => {
      const inside = type.fields.get(name);
      return inside ? [[name, known(inside, item)]] : [];
    }),
  );
}
