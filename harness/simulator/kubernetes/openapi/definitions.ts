/** The definitions of built-in types, out of their messages. */
import { enumOf, type Field } from '../registry/schema/messages.ts';
import { fieldsOf, type StructField } from '../registry/schema/struct-fields.ts';
import { isUnion } from '../registry/schema/unions.ts';
import { definitionName, refTo } from './definition-names.ts';
import { describeType } from './descriptions.ts';
import type { KnownKinds } from './known-kinds.ts';
import type { Schema } from './schema.ts';
import { isStruct, SPECIAL_TYPES, typeOf } from './special-types.ts';
import { marksOf } from './struct-marks.ts';
import { typeMeta } from './type-meta.ts';

/** Returns what stands behind a mark of a field; undefined for one without it. */
const markOf = ({ marks }: Field, name: string): string | undefined =>
  marks.find(mark => mark.startsWith(`${name}:`))?.slice(name.length + 1);

const SCALARS: Readonly<Record<string, Schema>> = {
  s: { type: 'string' },
  y: { type: 'string', format: 'byte' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  X: { type: 'array', items: { type: 'string', default: '' } },
};

/** The end of the text of a field with values. */
const VALUES = /\n+Possible enum values:.*$/s;

/** What Go has for a value that is not there, and JSON therefore always shows. */
const ZEROS: Readonly<Record<string, unknown>> = { s: '', b: false, i: 0, l: 0, d: 0 };

/** The definitions of one document: whatever is asked for, and what that refers to. */
export class Definitions {
  readonly #kinds: KnownKinds;
  readonly #minor: number;
  readonly #made = new Map<string, Schema>();

  /** @param minor - the version of Kubernetes, 34 for 1.34 */
  constructor(kinds: KnownKinds, minor: number) {
    this.#kinds = kinds;
    this.#minor = minor;
  }

  /** Returns a reference to a built-in type, whose definition is then here. */
  refTo(message: string): { readonly $ref: string } {
    const name = definitionName(message);
    if (!this.#made.has(name)) {
      this.#made.set(name, {});
      this.#made.set(name, this.#define(message, name));
    }
    return refTo(name);
  }

  /** Adds a definition that is no built-in type's. */
  add(name: string, schema: Schema): void {
    this.#made.set(name, schema);
  }

  /** Returns all of them, sorted by name. */
  all(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#made].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #define(message: string, name: string): Schema {
    const [text, fields] = describeType(name);
    const description = text === '' ? {} : { description: text };
    const special = SPECIAL_TYPES[message];
    if (special) {
      const described = Object.entries(special.properties ?? {}).map(
        ([field, property]) => [field, withText(fields[field], property)] as const,
      );
      return {
        ...description,
        ...special,
        ...(special.properties && { properties: Object.fromEntries(described) }),
      };
    }
    if (isUnion(message)) return description;
    const kinds = this.#kinds.of(message);
    return {
      ...description,
      type: 'object',
      ...this.#properties(message, fields),
      ...(kinds.length > 0 && { 'x-kubernetes-group-version-kind': kinds }),
      ...marksOf(message),
    };
  }

  #properties(message: string, texts: Readonly<Record<string, string>>): Schema {
    const all: [string, Schema][] = this.#kinds.hasTypeMeta(message) ? Object.entries(typeMeta()) : [];
    const required: string[] = [];
    const fields = [...(fieldsOf(message)?.values() ?? [])].filter(({ since }) => since <= this.#minor);
    for (const field of fields) {
      if (field.marks.includes('required')) required.push(field.name);
      const property = this.#property(field, message);
      const hasValues = 'enum' in property;
      const text = hasValues ? texts[field.name] : texts[field.name]?.replace(VALUES, '');
      all.push([field.name, withText(text, property)]);
    }
    all.sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      ...(required.length > 0 && { required }),
      ...(all.length > 0 && { properties: Object.fromEntries(all) }),
    };
  }

  /**
   * Makes the schema of a field (kube-openapi pkg/generators/openapi.go @v0.0.0-20250710, generateProperty).
   */
  #property(field: StructField, message: string): Schema {
    const values = valuesOf(field, message, this.#minor);
    const inside = { ...this.#value(field, message), ...(values.length > 0 && { enum: values }) };
    const extensions = extensionsOf(field);
    switch (field.shape) {
      case 'list':
        return { type: 'array', items: withZero(field, inside, message), ...extensions };
      case 'map':
        return { type: 'object', additionalProperties: withZero(field, inside, message), ...extensions };
      default:
        return { ...inside, ...defaultOf(field, message), ...extensions };
    }
  }

  #value(field: Field, message: string): Schema {
    const type = typeOf(field, message);
    if (type !== undefined) return this.refTo(type);
    return SCALARS[field.type] ?? {};
  }
}

/** A reference with neighbours is wrapped: in version 3 those of a `$ref` do not count. */
function wrap(schema: Schema): Schema {
  const { $ref, ...others } = schema;
  return $ref === undefined || Object.keys(others).length === 0 ? schema : { ...others, allOf: [{ $ref }] };
}

/**
 * Adds a text. A field that is younger than the texts of the package has one in the real documents: a reference
 * in it is wrapped too.
 */
const withText = (text: string | undefined, schema: Schema): Schema =>
  text === undefined && '$ref' in schema && Object.keys(schema).length === 1
    ? { allOf: [schema] }
    : wrap(text === undefined || text === '' ? schema : { description: text, ...schema });

/** Gives the elements of lists and maps the default that they have in Go; bytes and pointers have none. */
function withZero(field: Field, schema: Schema, message: string): Schema {
  const type = typeOf(field, message);
  if (type !== undefined) return isStruct(type) ? wrap({ default: {}, ...schema }) : schema;
  return Object.hasOwn(ZEROS, field.type) ? { default: ZEROS[field.type], ...schema } : schema;
}

/** Returns `default` as a marker sets it, or as Go's zero value has it (mustEnforceDefault there). */
function defaultOf(field: StructField, message: string): Schema {
  const marked = markOf(field, 'default');
  if (marked !== undefined) return { default: JSON.parse(marked) };
  if (field.shape !== 'value') return {};
  const type = typeOf(field, message);
  if (type !== undefined) return isStruct(type) ? { default: {} } : {};
  return field.marks.includes('always') && Object.hasOwn(ZEROS, field.type)
    ? { default: ZEROS[field.type] }
    : {};
}

/** Returns the markers for merging, as `x-kubernetes-…`. */
function extensionsOf(field: Field): Schema {
  const keys = markOf(field, 'keys');
  const list = markOf(field, 'list');
  const map = markOf(field, 'map');
  const key = markOf(field, 'key');
  const strategy = markOf(field, 'patch');
  return {
    ...(keys !== undefined && { 'x-kubernetes-list-map-keys': keys.split('|') }),
    ...(list !== undefined && { 'x-kubernetes-list-type': list }),
    ...(map !== undefined && { 'x-kubernetes-map-type': map }),
    ...(key !== undefined && { 'x-kubernetes-patch-merge-key': key }),
    ...(strategy !== undefined && { 'x-kubernetes-patch-strategy': strategy }),
  };
}

/**
 * Named strings whose values kube-openapi loses, before the version: v1beta1 has a second name for each
 * (k8s.io/api admissionregistration/v1beta1/types.go @v0.35).
 */
const WITHOUT_VALUES: Readonly<Record<string, number>> = {
  'admissionregistration/v1.ReinvocationPolicyType': 36,
  'admissionregistration/v1.ScopeType': 36,
};

/**
 * Returns the values of a named string, sorted; none for a field of another type.
 * @param message - that has the field
 */
function valuesOf(field: Field, message: string, minor: number): readonly string[] {
  const name = markOf(field, 'enum');
  if (name === undefined) return [];
  const full = name.includes('.') ? name : `${message.slice(0, message.lastIndexOf('.'))}.${name}`;
  return minor < (WITHOUT_VALUES[full] ?? 0) ? [] : [...enumOf(full)].sort();
}
