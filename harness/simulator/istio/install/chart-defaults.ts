/**
 * What the charts have anyhow: a setting that is not simulated is taken if it asks for nothing else. The
 * defaults are read out of the charts of both releases (test/peers/chart-defaults.ts).
 */
import { isDeepStrictEqual } from 'node:util';
import charts from './chart-defaults.json' with { type: 'json' };
import type { Tree } from './operator-document.ts';
import { isTree, writeAt } from './setting-path.ts';

/** Path below `values` → what a release's charts have. */
type Defaults = Readonly<Record<string, unknown>>;

const DEFAULTS: readonly Defaults[] = [
  charts.defaults['1.8'],
  charts.defaults.current,
  // No chart names it: nobody asks for it by an empty text.
  { 'global.platform': '' },
];
const PATHS: ReadonlySet<string> = new Set(DEFAULTS.flatMap(Object.keys));

/**
 * Tells whether a value is what the charts of some release have.
 * @param path - below `values`
 * @returns undefined where no charts have any
 */
export function isDefault(path: string, value: unknown): boolean | undefined {
  if (!PATHS.has(path)) return undefined;
  return DEFAULTS.some(known => path in known && isDeepStrictEqual(value, known[path]));
}

/** Returns values without what is as the charts of some release have it. */
export function withoutDefaults(values: Tree): Tree {
  const asCharted = [...PATHS].filter(path => {
    const given = valueAt(values, path);
    return given !== undefined && isDefault(path, given) === true;
  });
  return asCharted.reduce<Tree>((rest, path) => without(rest, path), values);
}

/** Takes a value away, and objects in which nothing is left. */
function without(values: Tree, path: string): Tree {
  const rest = writeAt(values, path, undefined) as Tree; // values stay an object
  const above = path.split('.').slice(0, -1).join('.');
  const left = above === '' ? undefined : valueAt(rest, above);
  return isTree(left) && Object.keys(left).length === 0 ? without(rest, above) : rest;
}

const valueAt = (values: Tree, path: string): unknown =>
  path.split('.').reduce<unknown>((node, field) => (isTree(node) ? node[field] : undefined), values);
