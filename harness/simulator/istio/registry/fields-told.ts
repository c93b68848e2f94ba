/** Which fields of a document have no effect, though somebody may count on them. */
import { isObject } from '../../../base/untyped.ts';
import type { Classified } from './classify.ts';
import { type Edition, typeOf } from './names.ts';
import { classified } from './registry.ts';
import type { FieldType } from './type-text.ts';

/** A field to tell of. */
interface ToldField {
  /** `http[0].delegate`; with a value that is not executed: `action: AUDIT`. */
  readonly path: string;
  /** Unknown: Istio has no such field. */
  readonly kind: 'not simulated' | 'unknown';
}

/**
 * Looks through a value: the uppermost fields that are not simulated, in their order.
 * @param root - a kind or a document of names.ts; of an unknown one nothing is told
 */
export function fieldsTold(edition: Edition, root: string, value: unknown): readonly ToldField[] {
  const type = typeOf(edition, root);
  const found: ToldField[] = [];
  if (type) look({ found, path: '', type, verdicts: classified(edition, root) }, value);
  return found;
}

interface Place {
  readonly found: ToldField[];
  readonly path: string;
  readonly type: FieldType;
  readonly verdicts: Classified;
}

/** Looks into a value that is executed itself. */
function look(place: Place, value: unknown): void {
  const { found, path, type, verdicts } = place;
  if (type.kind === 'list' && Array.isArray(value)) {
    for (const [at, item] of value.entries()) look({ ...place, path: `${path}[${at}]`, type: type.of }, item);
  } else if (type.kind === 'map' && isObject(value)) {
    for (const [key, item] of Object.entries(value))
      look({ ...place, path: `${path}.${key}`, type: type.of }, item);
  } else if (type.kind === 'object' && isObject(value)) {
    for (const [name, item] of Object.entries(value)) if (!isEmpty(item)) lookAt(place, type, name, item);
  } else if (type.kind === 'scalar' && verdicts.values && !verdicts.values.has(String(value))) {
    found.push({ path: `${path}: ${String(value)}`, kind: 'not simulated' });
  }
}

function lookAt(
  { found, path, verdicts }: Place,
  { fields }: FieldType & { kind: 'object' },
  name: string,
  item: unknown,
): void {
  const at = path === '' ? name : `${path}.${name}`;
  const type = fields.get(name);
  const verdict = verdicts.within.get(name);
  if (!type) found.push({ path: at, kind: 'unknown' });
  else if (verdict?.verdict?.kind === 'executed') look({ found, path: at, type, verdicts: verdict }, item);
  else if (verdict?.verdict?.kind !== 'no effect') found.push({ path: at, kind: 'not simulated' });
}

/** What says nothing. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);
