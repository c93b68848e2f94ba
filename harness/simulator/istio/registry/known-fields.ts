/** What of a document a release of Istio has: a field that came later says nothing to an older one. */
import { type Edition, typeOf } from './names.ts';
import type { FieldType } from './type-text.ts';

/**
 * Leaves out the fields that came after a release, as the API server does by the schemas of its definitions.
 * What no release has stays: who reads it takes nothing that it does not know whole.
 * @param root - a kind or a document of names.ts; of an unknown one all stays
 */
export function knownFields(edition: Edition, root: string, value: unknown): unknown {
  const [type, today] = [typeOf(edition, root), typeOf('current', root)];
  return type && today && type !== today ? known(type, today, value) : value;
}

function known(type: FieldType, today: FieldType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (type.kind === 'list' && today.kind === 'list' && Array.isArray(value))
    return value.map(item => known(type.of, today.of, item));
  if (type.kind === 'map' && today.kind === 'map')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, known(type.of, today.of, item)]),
    );
  if (type.kind !== 'object' || today.kind !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const [inside, now] = [type.fields.get(name), today.fields.get(name)];
      if (!now) return [[name, item]];
      return inside ? [[name, known(inside, now, item)]] : [];
    }),
  );
}
