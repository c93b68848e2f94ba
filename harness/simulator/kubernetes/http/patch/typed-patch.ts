/**
 * Whether an object that is applied fits the type of its kind: its fields are known, values are of their
 * types, and lists that are maps or sets have no entry twice (structured-merge-diff v6 typed/validate.go; the
 * server answers with 500).
 */
import { isObject, type JsonObject, listOf, objectOf } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { messageFor } from '../../registry/schema/messages.ts';
import { ApiError } from '../../registry/status.ts';
import { ofMessage, ofSchema, type TypeNode } from './typed-nodes.ts';

/** @throws ApiError 500 that names each part that does not fit */
export function checkTyped(sent: JsonObject, type: ResourceType, version: string): void {
  const schema = type.custom?.schemas[version];
  const apiVersion = apiVersionOf(type.group, version);
  const node = isObject(schema) ? ofSchema(schema, true) : ofMessage(messageFor(apiVersion, type.kind), true);
  const problems: string[] = [];
  validate(sent, node, '', problems);
  if (problems.length === 0) return;
  const { namespace = '', name = '' } = objectOf(sent['metadata']);
  const text =
    problems.length === 1 ? problems[0] : ['errors:', ...problems.map(each => `  ${each}`)].join('\n');
  const shownVersion = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  const shownName = typeof name === 'string' ? name : '';
  const head = `${String(namespace)}/${shownName}; ${shownVersion}, Kind=${type.kind}`;
  throw new ApiError(500, undefined, `failed to create typed patch object (${head}): ${text}`);
}

function validate(value: unknown, node: TypeNode, path: string, problems: string[]): void {
  if (value === null || value === undefined || node.kind === 'any') return;
  const expected = (what: string, got: string) => problems.push(`${path}: expected ${what}, got ${got}`);
  switch (node.kind) {
    case 'string':
    case 'boolean':
      if (typeof value !== node.kind) expected(node.kind, `&value.valueUnstructured{Value:${quoted(value)}}`);
      return;
    case 'numeric':
      if (typeof value !== 'number') expected('numeric (int or float)', goTypeOf(value));
      return;
    case 'list':
      if (Array.isArray(value)) validateList(value, node, path, problems);
      else expected('list', `&{${printed(value)}}`);
      return;
    default:
      if (isObject(value)) validateMap(value, node, path, problems);
      else expected('map', `&{${printed(value)}}`);
  }
}

function validateMap(value: JsonObject, node: TypeNode, path: string, problems: string[]): void {
  for (const [key, item] of Object.entries(value)) {
    const own = node.field?.(key) ?? node.values;
    if (own) validate(item, own, `${path}.${key}`, problems);
    else problems.push(`${path}.${key}: field not declared in schema`);
  }
}

function validateList(list: readonly unknown[], node: TypeNode, path: string, problems: string[]): void {
  const seen = new Set<string>();
  for (const [index, element] of list.entries()) {
    const key = node.keys || node.isSet ? keyOfElement(element, node) : `${index}`;
    if (key === undefined) {
      const lacking = node.keys?.find(each => objectOf(element)[each] === undefined);
      const text = `associative list with keys has an element that omits key field ${JSON.stringify(lacking)}`;
      problems.push(`${path}: element ${index}: ${text} (and doesn't have default value)`);
      continue;
    }
    if (seen.has(key)) problems.push(`${path}: duplicate entries for key [${key}]`);
    else seen.add(key);
    if (node.element) validate(element, node.element, `${path}[${key}]`, problems);
  }
}

/** @returns how the element is named: `name="c"`; undefined if it lacks a key */
function keyOfElement(element: unknown, { keys, isSet, keyDefaults = {} }: TypeNode): string | undefined {
  if (isSet) return `=${JSON.stringify(element)}`;
  const parts = [...(keys ?? [])].sort().map(key => {
    const value = objectOf(element)[key] ?? keyDefaults[key];
    return value === undefined ? undefined : `${key}=${JSON.stringify(value)}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(',');
}

/** As Go's `%#v` has a value of JSON. */
const quoted = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : isObject(value)
      ? `map[string]interface {}{…}`
      : printed(value);

/** As Go's `%T` has it. */
function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** As Go's `%v` has it. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${listOf(value).map(printed).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${printed(item)}`).join(' ')}]`;
}
