/**
 * Reads what the charts of both releases have for each value that is not simulated, by which `istioctl
 * install` takes what asks for nothing else. Holds the file of the defaults against it; `--write` makes it
 * anew.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import { isObject, type Tree, tree } from '../../harness/base/untyped.ts';
import type { Edition } from '../../harness/simulator/istio/registry/names.ts';
import { ROOT } from '../support/cli.ts';
import { entriesOf } from '../support/registry-entries.ts';
import { folderOf, RELEASES } from './istio-names/modules.ts';

const FILE = path.join(ROOT, 'harness/simulator/istio/install/chart-defaults.json');
const DISCOVERY = 'istio-control/istio-discovery/values.yaml';
const GATEWAYS = ['gateways/istio-ingress/values.yaml', 'gateways/istio-egress/values.yaml'];
/** The charts that an IstioOperator's values reach, by release. */
const CHARTS: Readonly<Record<Edition, readonly string[]>> = {
  '1.8': ['global.yaml', 'base/values.yaml', DISCOVERY, ...GATEWAYS],
  current: ['base/values.yaml', DISCOVERY, ...GATEWAYS],
};

function chartsOf(edition: Edition): readonly Tree[] {
  const folder = path.join(folderOf(RELEASES[edition].istio), 'manifests/charts');
  return CHARTS[edition].map(file => {
    const values = tree(yaml.load(readFileSync(path.join(folder, file), 'utf8')));
    // Later charts have their defaults below a word that nobody sets.
    const defaults = tree(values['_internal_defaults_do_not_set'] ?? values);
    // The operator's `pilot` is what the chart of istiod has at its top.
    return file === DISCOVERY
      ? { ...defaults, pilot: { ...defaults, ...tree(defaults['pilot']) } }
      : defaults;
  });
}

const valueAt = (values: Tree, fields: readonly string[]): unknown =>
  fields.reduce<unknown>((node, field) => (isObject(node) ? node[field] : undefined), values);

function leavesOf(fields: readonly string[], value: unknown): readonly (readonly [string, unknown])[] {
  if (!isObject(value)) return [[fields.join('.'), value]];
  return Object.entries(value).flatMap(([name, item]) => leavesOf([...fields, name], item));
}

/** Path below `values` → the default, of what is not simulated and has one. */
function defaultsOf(edition: Edition): Readonly<Record<string, unknown>> {
  const charts = chartsOf(edition);
  const found = entriesOf(edition, ['values'])
    .filter(({ root, verdict, value }) => root === 'values' && verdict.kind === 'not simulated' && !value)
    .flatMap(({ path: fields, type }): readonly (readonly [string, unknown])[] => {
      const own = charts
        .map(chart => valueAt(chart, fields))
        .find(each => each !== undefined && each !== null);
      const isWhole = !(isObject(own) && Object.keys(own).length > 0);
      if (own === undefined) return [];
      // What is in an object has entries of its own, unless its type says nothing of it.
      return isWhole ? [[fields.join('.'), own]] : type?.kind === 'scalar' ? leavesOf(fields, own) : [];
    });
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (spawnSync('go', ['version']).status !== 0) console.log('skipped: no go on PATH');
else {
  const editions = ['1.8', 'current'] as const;
  const source = Object.fromEntries(editions.map(each => [each, RELEASES[each].istio]));
  const defaults = Object.fromEntries(editions.map(each => [each, defaultsOf(each)]));
  const text = `${JSON.stringify({ source, defaults }, undefined, 1)}\n`;
  if (process.argv.includes('--write')) writeFileSync(FILE, text);
  const kept = tree(tree(JSON.parse(readFileSync(FILE, 'utf8')))['defaults']);
  let differences = 0;
  for (const edition of editions) {
    const [ours, real] = [tree(kept[edition]), tree(defaults[edition])];
    for (const name of new Set([...Object.keys(ours), ...Object.keys(real)])) {
      if (JSON.stringify(ours[name]) === JSON.stringify(real[name])) continue;
      differences++;
      console.log(
        `${edition} ${name}: ours ${JSON.stringify(ours[name])}, real ${JSON.stringify(real[name])}`,
      );
    }
  }
  const count = editions.map(each => `${each}: ${Object.keys(tree(defaults[each])).length}`).join(', ');
  console.log(differences === 0 ? `defaults as the charts have them (${count})` : `${differences} differ`);
  process.exitCode = differences === 0 ? 0 : 1;
}
