/** Merges what is applied into an object, and takes paths out of one. */
import { isObject, type JsonObject, listOf } from '../../registry/json.ts';
import { elementOf, isGranular } from './list-elements.ts';
import { childOf, elementNode, type MergeNode } from './merge-keys.ts';

/** Takes a path out of a value, in place. */
export function removePath(value: unknown, path: readonly string[], node: MergeNode | undefined): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (first.startsWith('f:')) {
    if (!isObject(value)) return;
    const key = first.slice(2);
    if (rest.length === 0) delete value[key];
    else removePath(value[key], rest, childOf(node, key));
    return;
  }
  if (!Array.isArray(value) || !node) return;
  const position = value.findIndex(element => elementOf(element, node) === first);
  if (position < 0) return;
  if (rest.length === 0) value.splice(position, 1);
  else removePath(value[position], rest, elementNode(node));
}

/** Merges the applied state into the live one: maps by key, lists by their keys; all else is replaced. */
export function mergeApplied(live: unknown, applied: unknown, node: MergeNode | undefined): unknown {
  if (isObject(live) && isObject(applied) && !node?.atomic) {
    const result: JsonObject = { ...live };
    for (const [key, value] of Object.entries(applied)) {
      result[key] = mergeApplied(live[key], value, childOf(node, key));
    }
    return result;
  }
  if (Array.isArray(applied) && isGranular(node)) {
    const result = [...listOf(live)];
    for (const element of applied) {
      const key = elementOf(element, node);
      const position = result.findIndex(other => elementOf(other, node) === key);
      if (position < 0) result.push(element);
      else result[position] = node.set ? element : mergeApplied(result[position], element, elementNode(node));
    }
    return result;
  }
  return applied;
}
