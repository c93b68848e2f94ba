/** Paths as proxies normalize them, held against a real Envoy's answers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import t from 'tap';
import { normalPath } from '../../../../../harness/simulator/istio/envoy/http/normalize-path.ts';
import type { PathOptions } from '../../../../../harness/simulator/istio/xds/resources.ts';

type Answers = Readonly<Record<string, string>>;
interface Facts {
  readonly others: readonly string[];
  readonly [setting: string]: unknown;
}
// A cast: the file is one of ours.
const facts = yaml.load(readFileSync(path.join(import.meta.dirname, 'paths.yaml'), 'utf8')) as Facts;
const given = (setting: string) => facts[setting] as { readonly over?: string; readonly answers: Answers };

const BASE = { normalizes: true, mergesSlashes: false };
const MERGE = { normalizes: true, mergesSlashes: true };
const SETTINGS: Readonly<Record<string, PathOptions>> = {
  none: { normalizes: false, mergesSlashes: false, escapedSlashes: 'KEEP_UNCHANGED' },
  base: BASE,
  merge: { ...MERGE, escapedSlashes: 'KEEP_UNCHANGED' },
  decode: { ...MERGE, escapedSlashes: 'UNESCAPE_AND_FORWARD' },
  redirect: { ...MERGE, escapedSlashes: 'UNESCAPE_AND_REDIRECT' },
  reject: { ...BASE, escapedSlashes: 'REJECT_REQUEST' },
  mergeonly: { normalizes: false, mergesSlashes: true },
};

/** Of a setting and those that it is told over. */
const answersOf = (setting: string): Answers => {
  const { over, answers } = given(setting);
  return { ...(over === undefined ? {} : answersOf(over)), ...answers };
};

const ours = (options: PathOptions, asked: string): string => {
  const normal = normalPath(options, asked, true);
  if (normal.kind === 'reject') return '400';
  return normal.kind === 'redirect' ? `307 ${normal.url}` : normal.url;
};

const asked = [...facts.others, ...Object.keys(SETTINGS).flatMap(name => Object.keys(given(name).answers))];
const bytes = Array.from({ length: 256 }, (_, byte) => `/a%${byte.toString(16).padStart(2, '0')}b`);
const characters = Array.from({ length: 94 }, (_, at) => `/a${String.fromCharCode(33 + at)}b`);
for (const [name, options] of Object.entries(SETTINGS))
  t.test(`${name}: every path becomes what a real Envoy makes of it`, async t => {
    const answers = answersOf(name);
    const all = [...new Set([...asked, ...bytes, ...characters])].filter(it => !it.includes('#'));
    const expected = all.map(it => [it, answers[it] ?? it]);
    t.same(
      all.map(it => [it, ours(options, it)]),
      expected,
    );
  });

t.test('before Envoy had a rule for them, parameters hid dot segments', async t => {
  t.same(normalPath(BASE, '/x/..;/admin', false), { kind: 'forward', url: '/x/..;/admin' });
});
