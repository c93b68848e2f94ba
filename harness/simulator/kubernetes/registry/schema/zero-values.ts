/**
 * What Go's encoder makes of zero values: a field with `omitempty` is not written where it has none, and a
 * field without is written where it has one (encoding/json, Marshal).
 */

import { isObject, type JsonObject, type KubernetesObject } from '../json.ts';
import { DEFAULT_OF_NIL } from '../nil-defaults.ts';
import { type ResourceType, storageApiVersion } from '../resources.ts';
import { messageFor } from './messages.ts';
import { fieldsOf, type StructField } from './struct-fields.ts';
import { isUnion } from './unions.ts';
import { zeroScalar } from './zero-scalars.ts';

/** A field, and what its value asks for. */
interface Writing extends StructField {
  /** Its value is a message, or holds some. */
  readonly isMessage: boolean;
  readonly isAlways: boolean;
  /** An empty list is told from none. */
  readonly keepsEmpty: boolean;
}

/** How a message is written, by the names of its fields. */
interface Plan {
  readonly fields: ReadonlyMap<string, Writing>;
  /** What it writes in any case. */
  readonly always: readonly Writing[];
}

const isMessage = (type: string): boolean => type.length > 1 && !isUnion(type);

const plans = new Map<string, Plan>();

/** Returns how a message is written, if it is described. */
function planOf(message: string): Plan | undefined {
  const known = plans.get(message);
  if (known) return known;
  const described = fieldsOf(message);
  if (!described) return undefined;
  const fields = new Map<string, Writing>();
  for (const [name, field] of described)
    fields.set(name, {
      ...field,
      isMessage: isMessage(field.type),
      isAlways: field.marks.includes('always'),
      keepsEmpty: DEFAULT_OF_NIL.includes(`${field.struct}.${name}`),
    });
  const plan = { fields, always: [...fields.values()].filter(({ isAlways }) => isAlways) };
  plans.set(message, plan);
  return plan;
}

const messages = new WeakMap<ResourceType, string>();

/** Returns the message of a type's objects. */
function messageOfType(type: ResourceType): string {
  const known = messages.get(type);
  if (known !== undefined) return known;
  const message = messageFor(storageApiVersion(type), type.kind);
  messages.set(type, message);
  return message;
}

/**
 * Makes an object as Go would write it, in place: that is what is stored, and shown. What is applied is taken
 * as it was sent, and only the result is brought into this form. Custom resources stay as they are.
 * @param minor - of Kubernetes, 34 for 1.34: what is newer is not written
 */
export function asGoWrites(object: KubernetesObject, type: ResourceType, minor: number): KubernetesObject {
  if (!type.custom) bringMessage(object, messageOfType(type), minor);
  return object;
}

/** Adds what Go writes in any case and an object does not have: its status, when it is new. In place. */
export function fillAbsent(object: KubernetesObject, type: ResourceType, minor: number): void {
  const plan = type.custom ? undefined : planOf(messageOfType(type));
  if (plan) fillAlways(object, plan, minor);
}

function fillAlways(object: JsonObject, { always }: Plan, minor: number): void {
  for (const field of always) {
    if (field.since > minor || (object[field.name] ?? null) !== null) continue;
    object[field.name] = zeroOf(field, minor);
  }
}

function bringMessage(object: JsonObject, message: string, minor: number): void {
  const plan = planOf(message);
  if (!plan) return;
  for (const name of Object.keys(object)) {
    const field = plan.fields.get(name);
    if (!field) continue;
    const value = object[name];
    if (field.isMessage) bringValues(value, field, minor);
    if (field.isAlways || (field.keepsEmpty && Array.isArray(value))) continue;
    if (isZero(value, field)) delete object[name];
  }
  fillAlways(object, plan, minor);
}

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
