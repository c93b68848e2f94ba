/**
 * Definitions as the API server has them inside, where rules look at them and errors print them
 * (apiextensions-apiserver pkg/apis/apiextensions/{types.go,types_jsonschema.go,v1/conversion.go} @v1.34).
 */
import { equal, isObject, type JsonObject, listOf, objectsOf, stringOf } from '../json.ts';

/** What may stand in a version, or in the spec for all of them. */
export interface VersionParts {
  readonly schema: JsonObject | undefined;
  readonly subresources: JsonObject | undefined;
  readonly columns: readonly JsonObject[];
  readonly selectableFields: readonly JsonObject[];
}

/** One version; what all versions share has been taken out of it. */
export interface InternalVersion extends VersionParts {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated: boolean;
  readonly deprecationWarning: string | undefined;
}

/** The spec of a definition: the parts on top are those that all versions share. */
export interface InternalSpec extends VersionParts {
  readonly versions: readonly InternalVersion[];
  /** It says nothing of versions, not even that there are none. */
  readonly isWithout: boolean;
}

const PARTS = ['schema', 'subresources', 'columns', 'selectableFields'] as const;
const NONE: VersionParts = {
  schema: undefined,
  subresources: undefined,
  columns: [],
  selectableFields: [],
};

const objectOrNone = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined);

function versionOf(version: JsonObject): InternalVersion {
  return {
    name: stringOf(version['name']) ?? '',
    served: version['served'] === true,
    storage: version['storage'] === true,
    deprecated: version['deprecated'] === true,
    deprecationWarning: stringOf(version['deprecationWarning']),
    schema: objectOrNone(version['schema']),
    subresources: objectOrNone(version['subresources']),
    columns: objectsOf(version['additionalPrinterColumns']),
    selectableFields: objectsOf(version['selectableFields']),
  };
}

/** Reads the spec of a definition; what all its versions have alike moves up. */
export function internalSpec(spec: JsonObject): InternalSpec {
  const versions = objectsOf(spec['versions']).map(versionOf);
  const [first] = versions;
  if (!first) return { ...NONE, versions, isWithout: !Array.isArray(spec['versions']) };
  const shared = PARTS.filter(part => versions.every(version => equal(version[part], first[part])));
  const pick = (parts: VersionParts, isKept: (part: (typeof PARTS)[number]) => boolean) =>
    Object.fromEntries(PARTS.filter(isKept).map(part => [part, parts[part]]));
  return {
    ...NONE,
    ...pick(first, part => shared.includes(part)),
    isWithout: false,
    versions: versions.map(version => ({ ...version, ...pick(NONE, part => shared.includes(part)) })),
  };
}

/** Fields of a schema in the order in which Go prints them: name inside, name outside, sort. */
const SCHEMA_FIELDS: readonly (readonly [string, string, 't' | 'b' | 'v' | 's' | 'l' | 'm' | 'o' | 'i'])[] = [
  ['ID', 'id', 't'],
  ['Schema', '$schema', 't'],
  ['Ref', '$ref', 'v'],
  ['Description', 'description', 't'],
  ['Type', 'type', 't'],
  ['Nullable', 'nullable', 'b'],
  ['Format', 'format', 't'],
  ['Title', 'title', 't'],
  ['Default', 'default', 'v'],
  ['Maximum', 'maximum', 'v'],
  ['ExclusiveMaximum', 'exclusiveMaximum', 'b'],
  ['Minimum', 'minimum', 'v'],
  ['ExclusiveMinimum', 'exclusiveMinimum', 'b'],
  ['MaxLength', 'maxLength', 'v'],
  ['MinLength', 'minLength', 'v'],
  ['Pattern', 'pattern', 't'],
  ['MaxItems', 'maxItems', 'v'],
  ['MinItems', 'minItems', 'v'],
  ['UniqueItems', 'uniqueItems', 'b'],
  ['MultipleOf', 'multipleOf', 'v'],
  ['Enum', 'enum', 'v'],
  ['MaxProperties', 'maxProperties', 'v'],
  ['MinProperties', 'minProperties', 'v'],
  ['Required', 'required', 'v'],
  ['Items', 'items', 'i'],
  ['AllOf', 'allOf', 'l'],
  ['OneOf', 'oneOf', 'l'],
  ['AnyOf', 'anyOf', 'l'],
  ['Not', 'not', 's'],
  ['Properties', 'properties', 'm'],
  ['AdditionalProperties', 'additionalProperties', 'o'],
  ['PatternProperties', 'patternProperties', 'm'],
  ['Dependencies', 'dependencies', 'v'],
  ['AdditionalItems', 'additionalItems', 'o'],
  ['Definitions', 'definitions', 'm'],
  ['ExternalDocs', 'externalDocs', 'v'],
  ['Example', 'example', 'v'],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', 'v'],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', 'b'],
  ['XIntOrString', 'x-kubernetes-int-or-string', 'b'],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', 'v'],
  ['XListType', 'x-kubernetes-list-type', 'v'],
  ['XMapType', 'x-kubernetes-map-type', 'v'],
  ['XValidations', 'x-kubernetes-validations', 'v'],
];

/** The fields that a schema sets, by their names inside, in Go's order. */
export function fieldsSet(schema: JsonObject): readonly string[] {
  const isSet = (value: unknown): boolean =>
    value !== undefined && value !== null && value !== false && value !== '';
  return SCHEMA_FIELDS.filter(([, name]) => isSet(schema[name])).map(([inside]) => inside);
}

/** Returns a rule of a schema as errors print it. */
function shownRule(rule: JsonObject): JsonObject {
  return {
    Rule: rule['rule'] ?? '',
    Message: rule['message'] ?? '',
    MessageExpression: rule['messageExpression'] ?? '',
    Reason: rule['reason'] ?? null,
    FieldPath: rule['fieldPath'] ?? '',
    OptionalOldSelf: rule['optionalOldSelf'] ?? null,
  };
}

/** Returns a schema as errors print it. */
export function shownSchema(schema: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [inside, name, sort] of SCHEMA_FIELDS) {
    const value = schema[name];
    if (inside === 'XValidations' && Array.isArray(value)) result[inside] = objectsOf(value).map(shownRule);
    else result[inside] = shownField(value, sort);
  }
  return result;
}

function shownField(value: unknown, sort: (typeof SCHEMA_FIELDS)[number][2]): unknown {
  if (sort === 't') return value ?? '';
  if (sort === 'b') return value ?? false;
  if (value === undefined || value === null) return null;
  if (sort === 'l') return objectsOf(value).map(shownSchema);
  if (sort === 's' && isObject(value)) return shownSchema(value);
  if (sort === 'm' && isObject(value)) {
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map(name => [name, shownSchema(value[name] as JsonObject)]));
  }
  if (sort === 'o') {
    return { Allows: value !== false, Schema: isObject(value) ? shownSchema(value) : null };
  }
  if (sort === 'i') {
    return {
      Schema: isObject(value) ? shownSchema(value) : null,
      JSONSchemas: Array.isArray(value) ? objectsOf(value).map(shownSchema) : null,
    };
  }
  return value;
}

/** Returns the versions as errors print them. */
export function shownVersions(versions: readonly InternalVersion[]): readonly JsonObject[] {
  return versions.map(version => ({
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: version.schema ? shownValidation(version.schema) : null,
    Subresources: version.subresources ? shownSubresources(version.subresources) : null,
    AdditionalPrinterColumns: version.columns.length > 0 ? version.columns.map(shownColumn) : null,
    SelectableFields:
      version.selectableFields.length > 0
        ? version.selectableFields.map(({ jsonPath }) => ({ JSONPath: jsonPath ?? '' }))
        : null,
  }));
}

function shownValidation({ openAPIV3Schema: schema }: JsonObject): JsonObject {
  return { OpenAPIV3Schema: isObject(schema) ? shownSchema(schema) : null };
}

function shownSubresources({ status, scale }: JsonObject): JsonObject {
  return {
    Status: isObject(status) ? {} : null,
    Scale: isObject(scale)
      ? {
          SpecReplicasPath: scale['specReplicasPath'] ?? '',
          StatusReplicasPath: scale['statusReplicasPath'] ?? '',
          LabelSelectorPath: scale['labelSelectorPath'] ?? null,
        }
      : null,
  };
}

function shownColumn(column: JsonObject): JsonObject {
  return {
    Name: column['name'] ?? '',
    Type: column['type'] ?? '',
    Format: column['format'] ?? '',
    Description: column['description'] ?? '',
    Priority: column['priority'] ?? 0,
    JSONPath: column['jsonPath'] ?? '',
  };
}

/** Lists the schemas inside a schema, itself first (validation.go, SchemaHas). */
export function* schemasIn(schema: JsonObject): Generator<JsonObject> {
  yield schema;
  const inner: unknown[] = [schema['not'], schema['additionalProperties'], schema['additionalItems']];
  inner.push(...(Array.isArray(schema['items']) ? schema['items'] : [schema['items']]));
  for (const list of ['allOf', 'anyOf', 'oneOf']) inner.push(...listOf(schema[list]));
  for (const map of ['properties', 'patternProperties', 'definitions']) {
    if (isObject(schema[map])) inner.push(...Object.values(schema[map]));
  }
  for (const entry of inner) if (isObject(entry)) yield* schemasIn(entry);
}
