/** How a custom resource merges under apply, from the extensions in its schema. */
import { isObject, type JsonObject, listOf, objectOf } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { type MergeNode, mergeTree, metadataTree } from './merge-keys.ts';

const trees = new WeakMap<object, MergeNode>();

/** Returns the merge tree of any type. @param version - whose schema counts for custom resources */
export function mergeTreeFor(type: ResourceType, version: string): MergeNode {
  const schema = type.custom?.schemas[version];
  if (!isObject(schema)) return mergeTree(apiVersionOf(type.group, version), type.kind);
  let tree = trees.get(schema);
  if (!tree) {
    tree = { fields: { ...nodeOf(schema).fields, metadata: metadataTree() } };
    trees.set(schema, tree);
  }
  return tree;
}

/** What no schema describes: objects, and lists as a whole. */
const ANYTHING: MergeNode = {
  owned: true,
  get values(): MergeNode {
    return ANYTHING;
  },
};

function nodeOf(schema: JsonObject): MergeNode {
  if (schema['x-kubernetes-map-type'] === 'atomic') return { atomic: true };
  if (schema['type'] === 'array') return nodeOfList(schema);
  const fields: Record<string, MergeNode> = {};
  for (const [key, property] of Object.entries(objectOf(schema['properties'])))
    if (isObject(property)) fields[key] = nodeOf(property);
  if (schema['x-kubernetes-embedded-resource'] === true) fields['metadata'] = metadataTree();
  const additional = schema['additionalProperties'];
  return {
    owned: true,
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(isObject(additional)
      ? { values: nodeOf(additional) }
      : schema['x-kubernetes-preserve-unknown-fields'] === true && { values: ANYTHING }),
  };
}

function nodeOfList(schema: JsonObject): MergeNode {
  const items = objectOf(schema['items']);
  switch (schema['x-kubernetes-list-type']) {
    case 'map': {
      const listKeys = listOf(schema['x-kubernetes-list-map-keys']).map(String);
      return { listKeys, keyDefaults: keyDefaultsOf(items, listKeys), elements: nodeOf(items) };
    }
    case 'set':
      return { set: true };
    default:
      return { atomic: true };
  }
}

/** The keys that an element may leave out. */
function keyDefaultsOf(items: JsonObject, keys: readonly string[]): JsonObject {
  const properties = objectOf(items['properties']);
  const defaults = keys.map(key => [key, objectOf(properties[key])['default'] ?? undefined] as const);
  return Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
}
