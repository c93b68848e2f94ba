/**
 * The rules that make a schema structural (apiextensions-apiserver
 * pkg/apiserver/schema/{convert,validation,complete}.go @v1.34).
 */
import { type FieldError, forbiddenValue, invalidValue, required } from '../field-errors.ts';
import { goRegexp } from '../go-regexp.ts';
import { equal, isObject, type JsonObject, listOf, objectsOf, stringOf } from '../json.ts';
import { validateCompleteness } from './complete-schema.ts';
import { schemasIn } from './definition-shape.ts';

/** Tells whether a schema has none of the fields that a structural one cannot have. */
export function isConvertible(schema: JsonObject): boolean {
  for (const inner of schemasIn(schema)) {
    if (UNSUPPORTED.some(name => isSet(inner[name])) || Array.isArray(inner['items'])) return false;
    if (inner['x-kubernetes-preserve-unknown-fields'] === false) return false;
  }
  return true;
}

const UNSUPPORTED = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems'];
UNSUPPORTED.push('definitions');

/** Finds what keeps a schema from being structural, in the order of the texts. */
export function validateStructural(schema: JsonObject, path: string): FieldError[] {
  const errors = [...problemsOf(schema, 'root', path), ...validateCompleteness(schema, path)];
  const text = ({ field, message }: FieldError) => `${field}: ${message}`;
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const propertiesOf = (schema: JsonObject): readonly (readonly [string, JsonObject])[] =>
  isObject(schema['properties'])
    ? Object.entries(schema['properties']).flatMap(([name, entry]) =>
        isObject(entry) ? [[name, entry]] : [],
      )
    : [];

type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function problemsOf(schema: JsonObject, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type, items, additionalProperties: additional } = schema;
  if (type === 'array' && !isObject(items)) errors.push(required(`${path}.items`, 'must be specified'));
  if (isObject(items)) errors.push(...problemsOf(items, 'item', `${path}.items`));
  for (const [name, property] of propertiesOf(schema))
    errors.push(...problemsOf(property, 'field', `${path}.properties[${name}]`));
  if (additional !== undefined && additional !== null && level === 'root') {
    errors.push(forbiddenValue(`${path}.additionalProperties`, 'must not be used at the root'));
  }
  if (isObject(additional)) errors.push(...problemsOf(additional, 'field', `${path}.additionalProperties`));
  errors.push(...problemsOfExtensions(schema, path));
  errors.push(...problemsOfValue(schema, path, skippedAnyOf(schema)));
  errors.push(...problemsOfType(schema, level, path));
  errors.push(...problemsOfMetadata(schema, level, path));
  return errors;
}

/** Which list of alternatives may have types: that of an integer or string. */
function skippedAnyOf(schema: JsonObject): 'anyOf' | 'allOf' | 'both' | 'none' {
  const pattern = [{ type: 'integer' }, { type: 'string' }];
  const own = equal(schema['anyOf'], pattern);
  const inAll = equal(objectsOf(schema['allOf'])[0]?.['anyOf'], pattern);
  if (own && inAll) return 'both';
  if (own) return 'anyOf';
  return inAll ? 'allOf' : 'none';
}

function problemsOfExtensions(schema: JsonObject, path: string): FieldError[] {
  if (schema['x-kubernetes-int-or-string'] !== true) return [];
  const text = 'must be false if x-kubernetes-int-or-string is true';
  return ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']
    .filter(name => schema[name] === true)
    .map(name => invalidValue(`${path}.${name}`, true, text));
}

/** Checks the type of a value against what the schema says besides. */
function problemsOfType(schema: JsonObject, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = stringOf(schema['type']) ?? '';
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (isEmbedded && type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? required(`${path}.type`, text) : invalidValue(`${path}.type`, type, text));
  } else if (type === '' && schema['x-kubernetes-int-or-string'] !== true && !keepsUnknown) {
    errors.push(required(`${path}.type`, EMPTY_TYPE[level]));
  }
  if (isEmbedded && isSet(schema['additionalProperties'])) {
    const text = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbiddenValue(`${path}.additionalProperties`, text));
  }
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalidValue(`${path}.type`, type, 'must be object at the root'));
  if (isEmbedded && !keepsUnknown && propertiesOf(schema).length === 0) {
    const without = 'without x-kubernetes-preserve-unknown-fields';
    const text = `must not be empty if x-kubernetes-embedded-resource is true ${without}`;
    errors.push(required(`${path}.properties`, text));
  }
  return errors;
}

/** Checks what a schema says of apiVersion, kind and metadata, which the server knows better. */
function problemsOfMetadata(schema: JsonObject, level: Level, path: string): FieldError[] {
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  const errors: FieldError[] = [];
  for (const [name, property] of propertiesOf(schema)) {
    const field = `${path}.properties[${name}]`;
    if (isResource && (name === 'kind' || name === 'apiVersion') && property['type'] !== 'string')
      errors.push(invalidValue(`${field}.type`, property['type'] ?? '', 'must be string'));
    if (name !== 'metadata') continue;
    if (isResource && property['type'] !== 'object')
      errors.push(invalidValue(`${field}.type`, property['type'] ?? '', 'must be object'));
    if (level === 'root' && !restrictsNamesOnly(property)) {
      const text =
        'must not specify anything other than name and generateName, but metadata is implicitly specified';
      errors.push(forbiddenValue(field, text));
    }
  }
  return errors;
}

function restrictsNamesOnly(metadata: JsonObject): boolean {
  const { type: _type, default: _default, properties, ...others } = metadata;
  // What is not part of a structural schema does not count.
  const { externalDocs: _docs, example: _example, ...rest } = others;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return (
    names.every(name => name === 'name' || name === 'generateName') &&
    Object.values(rest).every(value => !isSet(value) || value === false || equal(value, []))
  );
}

/** Checks the alternatives of a value, and its pattern. */
function problemsOfValue(
  schema: JsonObject,
  path: string,
  skip: ReturnType<typeof skippedAnyOf>,
): FieldError[] {
  const errors: FieldError[] = [];
  const nested = (list: 'allOf' | 'anyOf' | 'oneOf') =>
    objectsOf(schema[list]).forEach((entry, index) => {
      const isSkipped = list === 'allOf' && index === 0 && (skip === 'allOf' || skip === 'both');
      errors.push(...problemsOfNested(entry, `${path}.${list}[${index}]`, isSkipped));
    });
  if (skip !== 'anyOf' && skip !== 'both') nested('anyOf');
  nested('allOf');
  nested('oneOf');
  if (isObject(schema['not'])) errors.push(...problemsOfNested(schema['not'], `${path}.not`));
  const pattern = stringOf(schema['pattern']) ?? '';
  const problem = goRegexp(pattern);
  if (problem instanceof Error) {
    const text = `must be a valid regular expression, but isn't: ${problem.message}`;
    errors.push(invalidValue(`${path}.pattern`, pattern, text));
  }
  return errors;
}

/** What an alternative may not say, for the structure stands outside: [field, sentence]. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function problemsOfNested(schema: JsonObject, path: string, skipsAnyOf = false): FieldError[] {
  const errors = problemsOfValue(schema, path, skipsAnyOf ? 'anyOf' : 'none');
  if (isObject(schema['items'])) errors.push(...problemsOfNested(schema['items'], `${path}.items`));
  for (const [name, property] of propertiesOf(schema))
    errors.push(...problemsOfNested(property, `${path}.properties[${name}]`));
  for (const [name, text] of FORBIDDEN) {
    const value = schema[name];
    const isEmptyList = Array.isArray(value) && listOf(value).length === 0;
    if (isSet(value) && value !== false && !isEmptyList) errors.push(forbiddenValue(`${path}.${name}`, text));
  }
  if (propertiesOf(schema).some(([name]) => name === 'metadata')) {
    const text = 'must not be specified in a nested context';
    errors.push(forbiddenValue(`${path}.properties[metadata]`, text));
  }
  return errors;
}
