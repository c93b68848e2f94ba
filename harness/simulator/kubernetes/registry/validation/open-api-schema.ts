/**
 * The rules of a schema's fields, node by node (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34, ValidateCustomResourceDefinitionOpenAPISchema).
 */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf, stringOf } from '../json.ts';
import { validateListKeys, validateListType } from './list-type.ts';
import { validateRuleTexts } from './rule-texts.ts';

/** What holds for a node because of where it stands. */
interface Place {
  /** Why there may be no default; undefined where there may. */
  readonly noDefaultsBecause?: string | undefined;
  readonly isInMetadata: boolean;
  readonly isRoot: boolean;
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const METADATA = ['metadata', 'kind', 'apiVersion'];

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const size = (value: unknown): number => (isObject(value) ? Object.keys(value).length : 0);

/** Finds what is wrong with a schema. @param path - of the root, as errors name it */
export function validateOpenApiSchema(schema: JsonObject, path: string): FieldError[] {
  return problemsOf(schema, path, { isInMetadata: false, isRoot: true });
}

function problemsOf(schema: JsonObject, path: string, place: Place): FieldError[] {
  return [
    ...problemsOfStandard(schema, path, place),
    ...(schema['uniqueItems'] === true
      ? [
          forbiddenValue(
            `${path}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...problemsOfProperties(schema, path, place),
    ...problemsOfInner(schema, path, { ...place, isRoot: false }),
    ...problemsOfMapType(schema, path),
    ...validateListType(schema, path),
    ...validateListKeys(schema, path),
    ...validateRuleTexts(schema, path),
  ];
}

/** Fields of JSON schemas that definitions do not have, and when they count as set. */
const UNSUPPORTED: readonly (readonly [string, (value: unknown) => boolean])[] = [
  ['id', isSet],
  ['additionalItems', isSet],
  ['patternProperties', value => size(value) > 0],
  ['definitions', value => size(value) > 0],
  ['dependencies', isSet],
  ['$ref', isSet],
];

function problemsOfStandard(schema: JsonObject, path: string, place: Place): FieldError[] {
  const errors: FieldError[] = [];
  const type = stringOf(schema['type']) ?? '';
  if (type !== '' && !TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES));
  if (isSet(schema['default']) && place.noDefaultsBecause !== undefined) {
    errors.push(forbiddenValue(`${path}.default`, `must not be set ${place.noDefaultsBecause}`));
  }
  for (const [name, counts] of UNSUPPORTED) {
    if (counts(schema[name])) errors.push(forbiddenValue(`${path}.${name}`, `${name} is not supported`));
  }
  if (type === 'null') {
    const text = 'type cannot be set to null, use nullable as an alternative';
    errors.push(forbiddenValue(`${path}.type`, text));
  }
  if (Array.isArray(schema['items']) && schema['items'].length > 0)
    errors.push(forbiddenValue(`${path}.items`, 'items must be a schema object and not an array'));
  if (place.isInMetadata && schema['x-kubernetes-embedded-resource'] === true) {
    const text = 'must not be used inside of resource meta';
    errors.push(forbiddenValue(`${path}.x-kubernetes-embedded-resource`, text));
  }
  return errors;
}

/** Looks into maps and structs, which exclude each other. */
function problemsOfProperties(schema: JsonObject, path: string, place: Place): FieldError[] {
  const errors: FieldError[] = [];
  const additional = schema['additionalProperties'];
  const properties = objectOf(schema['properties']);
  const inside = { ...place, isRoot: false };
  if ((isObject(additional) || additional === false) && size(properties) > 0) {
    const text = 'additionalProperties and properties are mutual exclusive';
    errors.push(forbiddenValue(`${path}.additionalProperties`, text));
  }
  if (isObject(additional)) {
    const because = 'inside additionalProperties applying to object metadata';
    const below = place.isInMetadata ? { ...inside, noDefaultsBecause: because } : inside;
    errors.push(...problemsOf(additional, `${path}.additionalProperties`, below));
  }
  const isResource = place.isRoot || schema['x-kubernetes-embedded-resource'] === true;
  for (const name of Object.keys(properties).sort()) {
    const property = properties[name];
    if (!isObject(property)) continue;
    const isMetadata = isResource && METADATA.includes(name);
    errors.push(
      ...problemsOf(property, `${path}.properties[${name}]`, {
        ...inside,
        ...(isMetadata && { isInMetadata: true }),
        ...(isMetadata && place.isRoot && { noDefaultsBecause: `in top-level ${name}` }),
      }),
    );
  }
  return errors;
}

/** Looks into alternatives and items. */
function problemsOfInner(schema: JsonObject, path: string, place: Place): FieldError[] {
  const errors: FieldError[] = [];
  const visit = (inner: unknown, step: string) => {
    if (isObject(inner)) errors.push(...problemsOf(inner, `${path}.${step}`, place));
  };
  visit(schema['not'], 'not');
  for (const list of ['allOf', 'oneOf', 'anyOf']) {
    objectsOf(schema[list]).forEach((entry, index) => {
      visit(entry, `${list}[${index}]`);
    });
  }
  const definitions = objectOf(schema['definitions']);
  for (const name of Object.keys(definitions).sort()) visit(definitions[name], `definitions[${name}]`);
  visit(schema['items'], 'items');
  objectsOf(schema['items']).forEach((entry, index) => {
    visit(entry, `items[${index}]`);
  });
  const dependencies = objectOf(schema['dependencies']);
  for (const name of Object.keys(dependencies).sort()) visit(dependencies[name], `dependencies[${name}]`);
  return errors;
}

function problemsOfMapType(schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    const field = `${path}.x-kubernetes-preserve-unknown-fields`;
    errors.push(invalidValue(field, false, 'must be true or undefined'));
  }
  const mapType = stringOf(schema['x-kubernetes-map-type']);
  if (mapType === undefined) return errors;
  const type = stringOf(schema['type']) ?? '';
  if (type !== 'object') {
    const text = 'must be object if x-kubernetes-map-type is specified';
    errors.push(type === '' ? required(`${path}.type`, text) : invalidValue(`${path}.type`, type, text));
  }
  const choices = ['atomic', 'granular'];
  if (!choices.includes(mapType))
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, choices));
  return errors;
}
