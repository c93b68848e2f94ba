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

function nodeOf(schema: JsonObject): MergeNode {
  if (schema['x-kubernetes-map-type'] === 'atomic') return { atomic: true };
  const items = objectOf(schema['items']);
  const fields: Record<string, MergeNode> = {};
  const source = schema['type'] === 'array' ? items : schema;
  for (const [key, property] of Object.entries(objectOf(source['properties']))) {
    if (isObject(property)) fields[key] = nodeOf(property);
  }
  const own = Object.keys(fields).length > 0 ? { fields } : {};
  switch (schema['x-kubernetes-list-type']) {
    case 'map':
      return {
        ...own,
        listKeys: listOf(schema['x-kubernetes-list-map-keys']).filter(key => typeof key === 'string'),
      };
    case 'set':
      return { ...own, set: true };
    default:
      return own;
  }
}
