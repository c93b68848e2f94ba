/** The tables of what is simulated of Istio as docs/fidelity.md has them. */

import type { Edition } from '../../harness/simulator/istio/registry/names.ts';
import { commandEntries, type Entry, entriesOf, NAME_ROOTS } from './registry-entries.ts';

const EDITIONS: readonly Edition[] = ['1.8', 'current'];
const WORDS: Readonly<Record<string, string>> = {
  annotations: 'annotations',
  labels: 'labels',
  istiod: 'variables of istiod',
  proxy: 'variables of proxies',
  MeshConfig: 'settings of the mesh',
  IstioOperator: 'fields of IstioOperator',
  values: 'values of the charts',
  istioctl: 'commands and flags of istioctl',
};
const VERDICTS = ['executed', 'no effect', 'not simulated'] as const;

/** There are so many that the others are named. */
const VARIABLES: ReadonlySet<string> = new Set(['istiod', 'proxy']);
/** Where what is said of a rule's policy is said once more. */
const AGAIN = /^(?:subsets\.trafficPolicy|trafficPolicy\.portLevelSettings)\./;

const isOf = (root: string) => (entry: Entry) => entry.root === root;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const code = (name: string): string => `\`${name}\``;

/** Prints the tables: counts, what is harmless, and what is not simulated. */
export function registryMarkdown(): string {
  const all = EDITIONS.map(edition => [
    ...entriesOf(edition, ['MeshConfig', 'IstioOperator', 'values']),
    ...commandEntries(edition),
  ]);
  const roots = [...new Set(all.flat().map(({ root }) => root))];
  return [
    row([
      'names that Istio has',
      ...EDITIONS.flatMap(edition => VERDICTS.map(each => `${edition}: ${each}`)),
    ]),
    row(['---', ...EDITIONS.flatMap(() => VERDICTS.map(() => '---:'))]),
    ...roots.map(root =>
      row([WORDS[root] ?? root, ...all.flatMap(entries => counts(entries.filter(isOf(root))))]),
    ),
    row(['**all**', ...all.flatMap(counts).map(count => `**${count}**`)]),
    '',
    row(['taken without effect', 'why it is harmless']),
    row(['---', '---']),
    ...harmless(all.flat()),
    '',
    row(['not simulated', '']),
    row(['---', '---']),
    ...roots.map(root => {
      const entries = all.flat().filter(isOf(root));
      const others = VARIABLES.has(root) ? allBut : root === 'istioctl' ? commands : missing;
      return row([WORDS[root] ?? root, others(entries)]);
    }),
  ].join('\n');
}

const counts = (entries: readonly Entry[]): readonly string[] =>
  VERDICTS.map(kind => String(entries.filter(({ verdict }) => verdict.kind === kind).length));

function harmless(entries: readonly Entry[]): readonly string[] {
  const byReason = new Map<string, Set<string>>();
  const all = new Set(
    entries
      .filter(({ verdict }) => verdict.kind === 'no effect')
      .map(({ root, path }) => [root, ...path].join(' ')),
  );
  const isWithin = (root: string, path: readonly string[]): boolean =>
    all.has([root, ...path.slice(0, -1)].join(' '));
  for (const { root, path, verdict } of entries) {
    if (verdict.kind !== 'no effect' || isWithin(root, path)) continue;
    const names = byReason.get(verdict.why) ?? new Set();
    byReason.set(
      verdict.why,
      names.add(`${WORDS[root] ?? root}: ${code(path.join(root === 'istioctl' ? ' ' : '.'))}`),
    );
  }
  return [...byReason].map(([why, names]) => row([[...names].sort().join(', '), why]));
}

function allBut(entries: readonly Entry[]): string {
  const others = entries
    .filter(({ verdict }) => verdict.kind !== 'not simulated')
    .map(({ path }) => path.join(''));
  return `all but ${[...new Set(others)].sort().map(code).join(', ')}`;
}

/** Commands that are not executed, and behind those that are, in brackets, their flags that are not. */
function commands(entries: readonly Entry[]): string {
  const lacking = entries.filter(({ verdict }) => verdict.kind === 'not simulated').map(({ path }) => path);
  const whole = new Set(lacking.filter(path => !path.at(-1)?.startsWith('--')).map(path => path.join(' ')));
  const flags = new Map<string, Set<string>>();
  for (const path of lacking) {
    const command = path.slice(0, -1).join(' ');
    const flag = path.at(-1) ?? '';
    if (flag.startsWith('--') && !whole.has(command))
      flags.set(command, (flags.get(command) ?? new Set()).add(flag));
  }
  const uppermost = [...whole].filter(command => !whole.has(command.split(' ').slice(0, -1).join(' ')));
  return [
    ...uppermost.sort().map(code),
    ...[...flags].sort().map(([command, names]) => code(`${command} ${[...names].sort().join(' ')}`.trim())),
  ].join(', ');
}

/** The uppermost fields that are not simulated; of kinds that are not executed nothing else. */
function missing(entries: readonly Entry[]): string {
  const isName = NAME_ROOTS.some(each => each === entries[0]?.root);
  const names = new Set<string>();
  if (!isName && entries.some(({ path, verdict }) => path.length === 0 && verdict.kind === 'not simulated'))
    return 'the kind as a whole';
  const missed = new Set(
    entries.filter(({ verdict }) => verdict.kind === 'not simulated').map(({ path }) => path.join('.')),
  );
  for (const { path, value, verdict } of entries) {
    if (verdict.kind !== 'not simulated' || (isName && value !== undefined)) continue;
    const isWithin = value === undefined && missed.has(path.slice(0, -1).join('.'));
    if (!isWithin) names.add(code(`${path.join('.')}${value === undefined ? '' : `: ${value}`}`));
  }
  const again = (name: string): boolean =>
    names.has(name.replace(/^`/, '').replace(AGAIN, '`trafficPolicy.'));
  return (
    [...names]
      .filter(name => !AGAIN.test(name.slice(1)) || !again(name))
      .sort()
      .join(', ') || '–'
  );
}
