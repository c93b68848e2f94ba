/**
 * Strategic merge patch: lists that merge by a key, and directives (apimachinery
 * pkg/util/strategicpatch/patch.go @v1.32).
 */
import { copy, equal, isObject, type JsonObject, listOf, setOwn } from '../../registry/json.ts';
import { ApiError, badRequest } from '../../registry/status.ts';
import { inOrder } from './element-order.ts';
import { childOf, type MergeNode } from './merge-keys.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const ORDER = '$setElementOrder/';

/**
 * Applies a strategic merge patch.
 * @param node - the merge rules of the kind
 * @returns the patched object; neither argument is changed
 * @throws ApiError 400 and 500 with the server's words
 */
export function strategicPatch(original: JsonObject, patch: JsonObject, node: MergeNode): JsonObject {
  return mergeMap(original, patch, node);
}

function mergeMap(original: JsonObject, patch: JsonObject, node: MergeNode | undefined): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive !== undefined) {
    if (directive === 'replace') return strip(patch);
    if (directive === 'delete') return {};
    if (directive !== 'merge') throw badRequest(`unknown patch type found: ${String(directive)} in map`);
  }
  const result: JsonObject = { ...original };
  retainKeys(result, patch);
  deleteFromLists(result, patch);
  for (const key of Object.keys(patch)) {
    if (key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(ORDER))
      continue;
    mergeField(result, key, patch, childOf(node, key));
  }
  orderLists(result, patch, node);
  return result;
}

/** Drops the fields that a patch does not retain, if it says which it does. @throws ApiError 400 */
function retainKeys(result: JsonObject, patch: JsonObject): void {
  const retain = patch[RETAIN_KEYS];
  if (retain === undefined) return;
  const keys = listOf(retain);
  const strange = Object.keys(patch).some(
    key => !key.startsWith('$') && patch[key] !== null && !keys.includes(key),
  );
  if (!Array.isArray(retain) || strange) throw badRequest('invalid patch format of retainKeys');
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
}

/** Takes the elements out of lists that a patch names; its own list, if any, is merged after that. */
function deleteFromLists(result: JsonObject, patch: JsonObject): void {
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith(DELETE_FROM)) continue;
    const field = key.slice(DELETE_FROM.length);
    const removed = listOf(value);
    result[field] = listOf(result[field]).filter(element => !removed.some(gone => equal(gone, element)));
  }
}

/** Merges one field of a patch into the result; null takes it away. */
function mergeField(result: JsonObject, key: string, patch: JsonObject, node: MergeNode | undefined): void {
  const value = patch[key];
  if (value === null) {
    delete result[key];
    return;
  }
  const before = Object.hasOwn(result, key) ? result[key] : undefined;
  if (isObject(value)) setOwn(result, key, mergeMap(isObject(before) ? before : {}, value, node));
  else if (Array.isArray(value))
    setOwn(result, key, mergeList(listOf(before), value, node, patch[ORDER + key]));
  else setOwn(result, key, value);
}

/** Orders the lists of which a patch has the order alone, without changes. */
function orderLists(result: JsonObject, patch: JsonObject, node: MergeNode | undefined): void {
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(ORDER)) continue;
    const field = key.slice(ORDER.length);
    if (!(field in patch) && Array.isArray(result[field])) {
      result[field] = inOrder(listOf(result[field]), listOf(order), childOf(node, field)?.patchKey, []);
    }
  }
}

function mergeList(
  original: readonly unknown[],
  patch: readonly unknown[],
  node: MergeNode | undefined,
  order: unknown,
): unknown[] {
  if (node?.patchSet) {
    const merged = [...original, ...patch.filter(element => !original.some(other => equal(other, element)))];
    return inOrder(merged, order === undefined ? patch : listOf(order), undefined, original);
  }
  const patchKey = node?.patchKey;
  if (patchKey === undefined) return patch.map(element => strip(element));
  const elements: JsonObject[] = [];
  let replaced = false;
  for (const element of patch) {
    if (!isObject(element))
      throw badRequest(`invalid list element in a strategic merge patch: ${JSON.stringify(element)}`);
    if (element[DIRECTIVE] === 'replace') {
      replaced = true;
      const { [DIRECTIVE]: _directive, ...rest } = element;
      if (Object.keys(rest).length > 0) elements.push(rest);
    } else elements.push(element);
  }
  if (replaced) return elements.map(element => strip(element));
  let result: unknown[] = [...original];
  const added: unknown[] = [];
  for (const element of elements) {
    const key = element[patchKey];
    const directive = element[DIRECTIVE];
    if (key === undefined) {
      throw new ApiError(
        500,
        undefined,
        `map: ${goMap(element)} does not contain declared merge key: ${patchKey}`,
      );
    }
    const same = (other: unknown) => isObject(other) && equal(other[patchKey], key);
    if (directive === 'delete') {
      result = result.filter(other => !same(other));
      continue;
    }
    if (directive !== undefined && directive !== 'merge') {
      throw badRequest(`unknown patch type found: ${String(directive)} in list`);
    }
    const index = result.findIndex(same);
    const before = result[index];
    if (index >= 0 && isObject(before)) result[index] = mergeMap(before, element, node);
    else added.push(mergeMap({}, element, node));
  }
  return inOrder([...result, ...added], order === undefined ? elements : listOf(order), patchKey, original);
}

/** Turns a patch into content, without its directives and nulls. */
function strip<T>(value: T): T {
  // The same shape, element by element.
  if (Array.isArray(value)) return value.map(element => strip(element)) as T;
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, entry] of Object.entries(value)) {
    if (
      entry === null ||
      key === DIRECTIVE ||
      key === RETAIN_KEYS ||
      key.startsWith(ORDER) ||
      key.startsWith(DELETE_FROM)
    ) {
      continue;
    }
    setOwn(result, key, strip(copy(entry)));
  }
  return result as T; // the same shape, without directives
}

/**
 * Returns what a merge leaves of a patch, as errors of its result show it: lists with an order are taken out
 * of it, and directives (apimachinery pkg/util/strategicpatch/patch.go @v1.34, mergePatchIntoOriginal).
 */
export function leftOver(patch: JsonObject, original: JsonObject): JsonObject {
  const left: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (key === RETAIN_KEYS || key.startsWith(ORDER) || `${ORDER}${key}` in patch) continue;
    const before = original[key];
    setOwn(left, key, isObject(value) && isObject(before) ? leftOver(value, before) : value);
  }
  return left;
}

/** Prints a value as Go prints a map: `map[image:q ports:[map[port:80]]]`. */
export function goMap(value: JsonObject): string {
  return `map[${Object.keys(value)
    .sort()
    .map(key => `${key}:${goText(value[key])}`)
    .join(' ')}]`;
}

function goText(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  return isObject(value) ? goMap(value) : String(value);
}
