/**
 * What Go's encoder makes of zero values: a field with `omitempty` is not written where it has none, and a
 * field without is written where it has one (encoding/json, Marshal).
 */
import { isObject, type JsonObject, type KubernetesObject } from '../json.ts';
import { type ResourceType, storageApiVersion } from '../resources.ts';
import { messageFor } from './messages.ts';
import { fieldsOf, type StructField } from './struct-fields.ts';
import { isUnion } from './unions.ts';
import { zeroScalar } from './zero-scalars.ts';

/** What a message writes in any case, by the name of the field. */
type Always = readonly StructField[];

const always = new Map<string, Always>();

/** Returns the fields of a message that are always written. */
function alwaysOf(message: string): Always {
  const known = always.get(message);
  if (known) return known;
  const fields = [...(fieldsOf(message)?.values() ?? [])].filter(({ marks }) => marks.includes('always'));
  always.set(message, fields);
  return fields;
}

const isMessage = (type: string): boolean => type.length > 1 && !isUnion(type);

/**
 * Makes an object as Go would write it, in place: that is what is stored, and shown. What is applied is taken
 * as it was sent, and only the result is brought into this form. Custom resources stay as they are.
 * @param minor - of Kubernetes, 34 for 1.34: what is newer is not written
 */
export function asGoWrites(object: KubernetesObject, type: ResourceType, minor: number): KubernetesObject {
  if (!type.custom) bringMessage(object, messageFor(storageApiVersion(type), type.kind), minor);
  return object;
}

/** Adds what Go writes in any case and an object does not have: its status, when it is new. In place. */
export function fillAbsent(object: KubernetesObject, type: ResourceType, minor: number): void {
  if (!type.custom) fillAlways(object, messageFor(storageApiVersion(type), type.kind), minor);
}

function fillAlways(object: JsonObject, message: string, minor: number): void {
  for (const field of alwaysOf(message)) {
    if (field.since > minor || (object[field.name] ?? null) !== null) continue;
    object[field.name] = zeroOf(field, minor);
  }
}

function bringMessage(object: JsonObject, message: string, minor: number): void {
  const fields = fieldsOf(message);
  if (!fields) return;
  for (const name of Object.keys(object)) {
    const field = fields.get(name);
    if (!field) continue;
    const value = object[name];
    if (isMessage(field.type)) bringValues(value, field, minor);
    if (isZero(value, field) && !field.marks.includes('always') && !forbidsDefault(value, field))
      delete object[name];
  }
  fillAlways(object, message, minor);
}

/**
 * Tells whether a list is empty instead of absent, so that it gets no default, and is refused then
 * (pkg/apis/autoscaling/v2/defaults.go @v1.34, copyHPAScalingRules).
 */
const forbidsDefault = (value: unknown, { struct, name }: StructField): boolean =>
  struct === 'HPAScalingRules' && name === 'policies' && Array.isArray(value);

/** Goes on with what is below a field. */
function bringValues(value: unknown, { type, shape }: StructField, minor: number): void {
  if (shape === 'list') {
    if (Array.isArray(value))
      for (const element of value) if (isObject(element)) bringMessage(element, type, minor);
  } else if (isObject(value)) {
    if (shape !== 'map') bringMessage(value, type, minor);
    else for (const entry of Object.values(value)) if (isObject(entry)) bringMessage(entry, type, minor);
  }
}

/** Tells whether `omitempty` leaves a value out. Pointers to zero values are none. */
function isZero(value: unknown, { shape }: StructField): boolean {
  if (value === null || value === undefined) return true;
  switch (shape) {
    case 'list':
      return Array.isArray(value) && value.length === 0;
    case 'map':
      return isObject(value) && Object.keys(value).length === 0;
    case 'value':
      return value === '' || value === 0 || value === false;
    default:
      return false;
  }
}

/** Returns how a zero value is written. */
function zeroOf({ type, shape }: StructField, minor: number): unknown {
  if (shape !== 'value') return null;
  const scalar = zeroScalar(type);
  if (scalar !== undefined) return scalar;
  if (!isMessage(type)) return null;
  const empty: JsonObject = {};
  bringMessage(empty, type, minor);
  return empty;
}
