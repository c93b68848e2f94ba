/**
 * The types that an applied object is held against: of built-in kinds, and of schemas of custom resources.
 */
import { isObject, type JsonObject, listOf, objectOf } from '../../registry/json.ts';
import type { Field } from '../../registry/schema/messages.ts';
import { fieldsOf } from '../../registry/schema/struct-fields.ts';
import { isUnion } from '../../registry/schema/unions.ts';

/** What a value must be. */
export interface TypeNode {
  readonly kind: 'any' | 'string' | 'numeric' | 'boolean' | 'list' | 'map';
  /** Of a map: the type of a field; undefined if there is none of that name. */
  readonly field?: (name: string) => TypeNode | undefined;
  /** Of a map: the type of all other values. */
  readonly values?: TypeNode;
  /** Of a list. */
  readonly element?: TypeNode;
  /** Of a list whose entries are told apart by these. */
  readonly keys?: readonly string[];
  readonly keyDefaults?: Readonly<Record<string, unknown>>;
  /** A list without the same entry twice. */
  readonly isSet?: boolean;
}

const ANY: TypeNode = { kind: 'any' };
const STRING: TypeNode = { kind: 'string' };
const HEAD: Readonly<Record<string, TypeNode>> = { apiVersion: STRING, kind: STRING };
/** By the letters of messages.ts; others, such as quantities, take numbers and texts. */
const SCALARS: Readonly<Record<string, TypeNode>> = {
  s: STRING,
  y: STRING,
  b: { kind: 'boolean' },
  i: { kind: 'numeric' },
  l: { kind: 'numeric' },
  d: { kind: 'numeric' },
  T: STRING,
  M: STRING,
};
/** Keys of built-in lists with a default of their own (`+default` beside `+listMapKey`). */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

const known = new Map<string, TypeNode>();

/** The type of a message of messages.ts. @param isRoot - it has `apiVersion` and `kind` */
export function ofMessage(message: string, isRoot = false): TypeNode {
  const key = `${isRoot} ${message}`;
  const cached = known.get(key);
  if (cached) return cached;
  // What is written in two ways has no type in the server's documents.
  const fields = isUnion(message) ? undefined : fieldsOf(message);
  const node: TypeNode = fields
    ? {
        kind: 'map',
        field: name => {
          const field = fields.get(name);
          return field ? ofField(field) : isRoot ? HEAD[name] : undefined;
        },
      }
    : ANY;
  known.set(key, node);
  return node;
}

function ofField(field: Field): TypeNode {
  const inside = field.type.includes('.') ? ofMessage(field.type) : (SCALARS[field.type] ?? ANY);
  if (field.shape === 'map') return { kind: 'map', values: inside };
  if (field.shape !== 'list') return inside;
  const mark = (name: string) =>
    field.marks.find(each => each.startsWith(`${name}:`))?.slice(name.length + 1);
  const rule = mark('list');
  if (rule === 'map') {
    const keys = mark('keys')?.split('|') ?? [];
    // A key that is left out is the zero of its type, which validation refuses later.
    const zero = (key: string) => (inside.field?.(key)?.kind === 'numeric' ? 0 : '');
    const keyDefaults = Object.fromEntries(keys.map(key => [key, KEY_DEFAULTS[key] ?? zero(key)]));
    return { kind: 'list', element: inside, keys, keyDefaults };
  }
  return { kind: 'list', element: inside, isSet: rule === 'set' };
}

const ofSchemas = new WeakMap<object, TypeNode>();

/** The type of a structural schema. @param isRoot - it has metadata */
export function ofSchema(schema: JsonObject, isRoot = false): TypeNode {
  const cached = ofSchemas.get(schema);
  if (cached) return cached;
  const node = nodeOf(schema, isRoot || schema['x-kubernetes-embedded-resource'] === true);
  ofSchemas.set(schema, node);
  return node;
}

function nodeOf(schema: JsonObject, hasMetadata: boolean): TypeNode {
  if (schema['x-kubernetes-int-or-string'] === true) return ANY;
  switch (schema['type']) {
    case 'string':
      return STRING;
    case 'boolean':
      return { kind: 'boolean' };
    case 'integer':
    case 'number':
      return { kind: 'numeric' };
    case 'array':
      return nodeOfList(schema);
    case 'object':
      return nodeOfMap(schema, hasMetadata);
    default:
      return ANY;
  }
}

function nodeOfMap(schema: JsonObject, hasMetadata: boolean): TypeNode {
  const properties = objectOf(schema['properties']);
  const additional = schema['additionalProperties'];
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additional === true;
  const isFree = Object.keys(properties).length === 0 && additional === undefined && !hasMetadata;
  const values = isObject(additional) ? ofSchema(additional) : isOpen || isFree ? ANY : undefined;
  return {
    kind: 'map',
    field: name => {
      if (hasMetadata && name === 'metadata') return ofMessage('meta/v1.ObjectMeta');
      const property = properties[name];
      return isObject(property) ? ofSchema(property) : hasMetadata ? HEAD[name] : undefined;
    },
    ...(values && { values }),
  };
}

function nodeOfList(schema: JsonObject): TypeNode {
  const items = objectOf(schema['items']);
  const element = ofSchema(items);
  const rule = schema['x-kubernetes-list-type'];
  if (rule !== 'map') return { kind: 'list', element, isSet: rule === 'set' };
  const keys = listOf(schema['x-kubernetes-list-map-keys']).map(String);
  const properties = objectOf(items['properties']);
  const keyDefaults = Object.fromEntries(keys.map(key => [key, objectOf(properties[key])['default']]));
  return { kind: 'list', element, keys, keyDefaults };
}
