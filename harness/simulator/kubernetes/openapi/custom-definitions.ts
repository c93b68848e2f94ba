/**
 * The definitions of custom resources, as they are published (apiextensions-apiserver
 * pkg/controller/openapi/builder/builder.go @v1.34).
 */
import { isObject } from '../registry/json.ts';
import type { ResourceType } from '../registry/resources.ts';
import { customDefinitionName, refTo } from './definition-names.ts';
import type { Definitions } from './definitions.ts';
import { metadata, objectMetadata } from './metadata-fields.ts';
import { inOrder, publishedSchema, UNKNOWN_FIELDS } from './published-schema.ts';
import type { Schema } from './schema.ts';
import { typeMeta } from './type-meta.ts';

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

/** Adds the definitions of a custom kind and of its list. */
export function addCustomDefinitions(
  definitions: Definitions,
  type: ResourceType,
  version: string,
  forVersion2: boolean,
): void {
  const { group, kind, listKind, plural } = type;
  const name = customDefinitionName(group, version, kind);
  const marks = (of: string) => ({
    'x-kubernetes-group-version-kind': [{ group, kind: of, version }],
    ...selectableFields(type, version),
  });
  definitions.add(name, { ...customSchema(definitions, type, version, forVersion2), ...marks(kind) });
  definitions.refTo('meta/v1.ListMeta');
  definitions.add(customDefinitionName(group, version, listKind), {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta(),
      items: {
        description: `List of ${plural}. More info: ${CONVENTIONS}`,
        type: 'array',
        items: refTo(name),
      },
      metadata: metadata('PodList', 'ListMeta'),
    },
    ...marks(listKind),
  });
}

function selectableFields({ custom }: ResourceType, version: string): Schema {
  const paths = custom?.selectableFields[version] ?? [];
  if (paths.length === 0) return {};
  return { 'x-kubernetes-selectable-fields': paths.map(path => ({ fieldPath: path })) };
}

function customSchema(
  definitions: Definitions,
  { custom }: ResourceType,
  version: string,
  forVersion2: boolean,
): Schema {
  const schema = custom?.schemas[version];
  // A client that checks objects would take fields that are not described for mistakes.
  if (!isObject(schema) || (forVersion2 && schema[UNKNOWN_FIELDS] === true)) return { type: 'object' };
  definitions.refTo('meta/v1.ObjectMeta');
  const published = publishedSchema(schema, forVersion2);
  const fields = { ...published.properties, ...typeMeta(), metadata: objectMetadata() };
  return { ...published, properties: inOrder(fields) };
}
