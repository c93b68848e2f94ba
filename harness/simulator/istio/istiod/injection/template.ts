/** Fills an injection template; the language is told in `pod/injection-template.ts`. */
import yaml from 'js-yaml';
import { BoundedMemory } from '../../../../base/bounded-memory.ts';

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function lookUp(data: Tree, path: string): unknown {
  let node: unknown = data;
  for (const key of path.split('.')) node = isTree(node) ? node[key] : undefined;
  return node;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === false;

/** @throws Error naming a path that leads nowhere */
function valueAt(data: Tree, expression: string): unknown {
  const [path = '', filter] = expression.split('|').map(part => part.trim());
  const value = lookUp(data, path);
  if (filter === 'json') return JSON.stringify(value ?? {});
  if (filter !== undefined) throw new Error(`injection template: there is no filter ${filter}`);
  if (value === undefined) throw new Error(`injection template: there is no value at ${path}`);
  return value;
}

const PLACEHOLDER = /\{\{\s*([^}]+?)\s*\}\}/g;

function fill(node: unknown, data: Tree): unknown {
  if (typeof node === 'string') {
    const [only] = node.matchAll(PLACEHOLDER);
    if (only && only[0] === node) return valueAt(data, only[1] ?? '');
    return node.replace(PLACEHOLDER, (_all, expression: string) => String(valueAt(data, expression)));
  }
  if (Array.isArray(node)) return node.flatMap(item => fillItem(item, data));
  if (!isTree(node)) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== '$when' && key !== '$each')
      .map(([key, value]) => [key, fill(value, data)] as const)
      // A list of which nothing is left is not there.
      .filter(([key, value]) => !(Array.isArray(value) && value.length === 0 && hasItems(node[key]))),
  );
}

const hasItems = (node: unknown): boolean => Array.isArray(node) && node.length > 0;

function fillItem(item: unknown, data: Tree): readonly unknown[] {
  if (isLeftOut(item, data)) return [];
  if (isTree(item) && typeof item['$each'] === 'string') {
    const found = lookUp(data, item['$each']);
    return (Array.isArray(found) ? found : []).map(each => fill(item, { ...data, ...each }));
  }
  return [fill(isTree(item) && '$value' in item ? item['$value'] : item, data)];
}

const isLeftOut = (item: unknown, data: Tree): boolean =>
  isTree(item) && typeof item['$when'] === 'string' && isEmpty(lookUp(data, item['$when']));

const OURS = /^\{\{ ?[a-zA-Z][\w.]*( \| json)? ?\}\}$/;

/** Says whether a text is of our language: a Go template has dots, blanks and keywords in its braces. */
export const isOurTemplate = (text: string): boolean =>
  [...text.matchAll(/\{\{[\s\S]*?\}\}/g)].every(
    ([asked]) => OURS.test(asked) && !/^\{\{ ?(end|else)\b/.test(asked),
  );

/** The templates of the releases in use, each read once; `fill` changes none. */
const read = new BoundedMemory<{ readonly template: unknown }>(16);

/**
 * @param text - a template of ConfigMap `istio-sidecar-injector`
 * @throws Error if it is no YAML, or asks for what is not there
 */
export function fillTemplate(text: string, data: Tree): Tree {
  const { template } = read.recall(text, () => ({ template: yaml.load(text) }));
  const filled = fill(template, data);
  if (!isTree(filled)) throw new Error('injection template: not an object');
  return filled;
}
