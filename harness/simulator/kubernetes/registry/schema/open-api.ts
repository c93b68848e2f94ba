/**
 * OpenAPI v3 documents of what is served: for `kubectl explain`, and to tell that writes may carry
 * `fieldValidation`.
 */
import { isObject, type JsonObject, objectOf } from '../json.ts';
import type { ResourceRegistry } from '../registry.ts';
import type { ResourceType } from '../resources.ts';
import { type Field, messageFor } from './messages.ts';
import { fieldsOf } from './struct-fields.ts';

const pathOf = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

/** Makes the index of the documents, one for each group and version. */
export function openApiIndex(registry: ResourceRegistry): JsonObject {
  const paths: JsonObject = {};
  for (const type of registry.all()) {
    for (const version of type.versions) {
      const path = pathOf(type.group, version);
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${registry.revision}` };
    }
  }
  return { paths };
}

/** Texts of documents, as long as nothing else comes to be served. */
const made = new WeakMap<ResourceRegistry, { revision: number; readonly texts: Map<string, string> }>();

/** Makes the JSON of a group and version; undefined for one that is not served. */
export function openApiDocument(
  registry: ResourceRegistry,
  group: string,
  version: string,
): string | undefined {
  let known = made.get(registry);
  if (known?.revision !== registry.revision) {
    known = { revision: registry.revision, texts: new Map() };
    made.set(registry, known);
  }
  const path = pathOf(group, version);
  const text = known.texts.get(path);
  if (text !== undefined) return text;
  const types = registry.all().filter(type => type.group === group && type.versions.includes(version));
  if (types.length === 0) return undefined;
  const document = JSON.stringify(documentOf(types, group, version));
  known.texts.set(path, document);
  return document;
}

function documentOf(types: readonly ResourceType[], group: string, version: string): JsonObject {
  const schemas: Record<string, JsonObject> = {};
  const root = `/${pathOf(group, version)}`;
  for (const type of types)
    schemas[`${root.slice(1).replaceAll('/', '.')}.${type.kind}`] = kindSchema(type, version, schemas);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.32.4' },
    paths: Object.fromEntries(
      types.map(type => [
        `${root}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.plural}/{name}`,
        {
          patch: {
            'x-kubernetes-group-version-kind': { group, version, kind: type.kind },
            // Without a body here kubectl makes its patches by what it knows of the kinds itself
            // (docs/reference/kubernetes.md K2).
            parameters: [{ name: 'fieldValidation', in: 'query' }],
            responses: {},
          },
        },
      ]),
    ),
    components: { schemas },
  };
}

const METADATA: Field = {
  name: 'metadata',
  type: 'meta/v1.ObjectMeta',
  shape: 'value',
  marks: [],
  since: 0,
};

/** @param schemas - gets what the kind refers to */
function kindSchema(type: ResourceType, version: string, schemas: Record<string, JsonObject>): JsonObject {
  const own = type.custom
    ? objectOf(type.custom.schemas[version])
    : messageSchema(messageFor(type.group === '' ? version : `${type.group}/${version}`, type.kind), schemas);
  const properties = objectOf(own['properties']);
  return {
    type: 'object',
    ...own,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      ...properties,
      metadata: fieldSchema(METADATA, schemas),
    },
    'x-kubernetes-group-version-kind': [{ group: type.group, version, kind: type.kind }],
  };
}

function messageSchema(message: string, schemas: Record<string, JsonObject>): JsonObject {
  const properties: JsonObject = {};
  for (const [name, field] of fieldsOf(message) ?? []) properties[name] = fieldSchema(field, schemas);
  return { type: 'object', properties };
}

function fieldSchema(field: Field, schemas: Record<string, JsonObject>): JsonObject {
  const value = valueSchema(field.type, schemas);
  if (field.shape === 'list') return { type: 'array', items: value };
  return field.shape === 'map' ? { type: 'object', additionalProperties: value } : value;
}

/** The letters of messages.ts. */
const SCALARS: Readonly<Record<string, JsonObject>> = {
  s: { type: 'string' },
  y: { type: 'string', format: 'byte' },
  b: { type: 'boolean' },
  i: { type: 'integer' },
  l: { type: 'integer' },
  d: { type: 'number' },
  T: { type: 'string', format: 'date-time' },
  M: { type: 'string', format: 'date-time' },
  R: { type: 'object' },
  X: { type: 'array', items: { type: 'string' } },
};

/** Scalars with a name. */
const NAMED: Readonly<Record<string, readonly [string, JsonObject]>> = {
  Q: ['Quantity', { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  I: ['IntOrString', { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' }],
};

function valueSchema(type: string, schemas: Record<string, JsonObject>): JsonObject {
  const scalar = SCALARS[type];
  if (scalar) return scalar;
  const [name, simple] = NAMED[type] ?? [type, undefined];
  const key = `io.k8s.${name}`;
  if (!isObject(schemas[key])) {
    schemas[key] = {}; // it may refer to itself
    schemas[key] = simple ?? messageSchema(type, schemas);
  }
  return { $ref: `#/components/schemas/${key}` };
}
