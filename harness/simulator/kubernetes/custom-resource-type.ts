/** The resource type that a CustomResourceDefinition defines. */

import { isConditionTrue } from './registry/definitions.ts';
import { byPriority } from './registry/groups.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
} from './registry/json.ts';
import type {
  ALL_VERBS,
  CustomResource,
  ResourceType,
  ScalePaths,
  Subresource,
} from './registry/resources.ts';

/**
 * Returns the schema that a definition means which only names it (`externalDocs.url` at the root); always the
 * same object for a name. It is taken to be well-formed.
 * @returns undefined for a name of somebody else's
 */
export type NamedSchema = (url: string) => JsonObject | undefined;

function versionsOf(definition: KubernetesObject): readonly JsonObject[] {
  return objectsOf(objectOf(definition['spec'])['versions']);
}

/** Returns the version in which objects are kept; `v1` if the definition names none. */
export function storageVersion(definition: KubernetesObject): string {
  return stringOf(versionsOf(definition).find(version => version['storage'] === true)?.['name']) ?? 'v1';
}

function conversionOf({ conversion }: JsonObject): Pick<CustomResource, 'conversion'> {
  const { strategy, webhook } = objectOf(conversion);
  if (strategy !== 'Webhook') return {};
  const { clientConfig, conversionReviewVersions } = objectOf(webhook);
  return {
    conversion: {
      clientConfig: objectOf(clientConfig),
      reviewVersions: listOf(conversionReviewVersions).map(String),
    },
  };
}

/** In the order of discovery. */
const VERBS: readonly (typeof ALL_VERBS)[number][] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];

function scalePathsOf({ specReplicasPath, statusReplicasPath, labelSelectorPath }: JsonObject): ScalePaths {
  const selector = stringOf(labelSelectorPath) ?? '';
  return {
    specReplicasPath: stringOf(specReplicasPath) ?? '',
    statusReplicasPath: stringOf(statusReplicasPath) ?? '',
    ...(selector !== '' && { labelSelectorPath: selector }),
  };
}

/**
 * Returns what whoever uses a version is warned of: the definition's words, or a newer version that is not
 * deprecated (apiextensions-apiserver pkg/apiserver/customresource_handler.go @v1.34,
 * defaultDeprecationWarning).
 * @param versions - that are served
 */
function deprecatedOf(group: string, kind: string, versions: readonly JsonObject[]): Record<string, string> {
  const nameOf = ({ name }: JsonObject) => stringOf(name) ?? '';
  const told: Record<string, string> = {};
  for (const version of versions) {
    if (version['deprecated'] !== true) continue;
    const name = nameOf(version);
    const [better] = versions
      .filter(other => other['deprecated'] !== true && byPriority(nameOf(other), name) < 0)
      .map(nameOf)
      .sort(byPriority);
    const advice = better === undefined ? '' : `; use ${group}/${better} ${kind}`;
    told[name] = stringOf(version['deprecationWarning']) ?? `${group}/${name} ${kind} is deprecated${advice}`;
  }
  return told;
}

function schemaOf(version: JsonObject, schemaNamed: NamedSchema): unknown {
  const schema = objectOf(version['schema'])['openAPIV3Schema'];
  const url = stringOf(objectOf(objectOf(schema)['externalDocs'])['url']);
  return (url === undefined ? undefined : schemaNamed(url)) ?? schema;
}

function subresourcesOf(kind: string, scales: object, status: boolean): Subresource[] {
  const verbs = ['get', 'patch', 'update'];
  return [
    ...(Object.keys(scales).length > 0
      ? [{ name: 'scale', verbs, kind: 'Scale', group: 'autoscaling', version: 'v1' }]
      : []),
    ...(status ? [{ name: 'status', verbs, kind }] : []),
  ];
}

/**
 * Returns the type with the served versions of a definition, the preferred one first.
 * @param names - those that the server has accepted
 */
export function resourceTypeOf(
  definition: KubernetesObject,
  names: JsonObject,
  schemaNamed: NamedSchema = () => undefined,
): ResourceType {
  const spec = objectOf(definition['spec']);
  const kind = stringOf(names['kind']) ?? '';
  const versions = versionsOf(definition).filter(version => version['served'] === true);
  const schemas: Record<string, unknown> = {};
  const columns: Record<string, readonly unknown[]> = {};
  const scales: Record<string, ScalePaths> = {};
  const selectableFields: Record<string, readonly string[]> = {};
  const subresourceNames: Record<string, readonly string[]> = {};
  let status = false;
  for (const version of versions) {
    const name = stringOf(version['name']) ?? '';
    schemas[name] = schemaOf(version, schemaNamed);
    const printed = listOf(version['additionalPrinterColumns']);
    if (printed.length > 0) columns[name] = printed;
    selectableFields[name] = objectsOf(version['selectableFields']).map(({ jsonPath }) =>
      (stringOf(jsonPath) ?? '').replace(/^\./, ''),
    );
    const subresources = objectOf(version['subresources']);
    subresourceNames[name] = Object.keys(subresources);
    status ||= 'status' in subresources;
    if (isObject(subresources['scale'])) scales[name] = scalePathsOf(subresources['scale']);
  }
  return {
    group: stringOf(spec['group']) ?? '',
    versions: versions.map(version => stringOf(version['name']) ?? '').sort(byPriority),
    plural: stringOf(names['plural']) ?? '',
    singular: stringOf(names['singular']) ?? kind.toLowerCase(),
    kind,
    listKind: stringOf(names['listKind']) ?? `${kind}List`,
    namespaced: spec['scope'] === 'Namespaced',
    shortNames: listOf(names['shortNames']).filter(name => typeof name === 'string'),
    categories: listOf(names['categories']).filter(name => typeof name === 'string'),
    verbs: VERBS,
    subresources: subresourcesOf(kind, scales, status),
    hasStatus: status,
    hasGeneration: true,
    nameRule: 'subdomain',
    virtual: false,
    custom: {
      definition: definition.metadata.name ?? '',
      storageVersion: storageVersion(definition),
      ...conversionOf(spec),
      terminating: isConditionTrue(definition, 'Terminating'),
      schemas,
      scales,
      selectableFields,
      columns,
      subresources: subresourceNames,
      deprecated: deprecatedOf(stringOf(spec['group']) ?? '', kind, versions),
    },
  };
}
