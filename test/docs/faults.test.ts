/** docs/faults.md ends with the catalog and the recorded table. UPDATE_GOLDEN=1 writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { FAULTS } from '../../harness/faults/catalog.ts';
import type { FaultDefinition } from '../../harness/faults/fault.ts';
import { type FaultRow, recordedTable, SCENARIOS } from '../support/fault-table.ts';
import { twoClusters } from '../support/topologies.ts';

const file = new URL('../../docs/faults.md', import.meta.url);
const BEGIN = '<!-- what follows is made by test/docs/faults.test.ts -->\n';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const rowOf = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const one = { topology: twoClusters(['network1', 'network1']), edition: '1.8' };

/** Tells what a fault takes: `--cluster: whose calls; cluster2`. */
function describeParameters({ parameters }: FaultDefinition): string {
  return Object.entries(parameters)
    .map(([name, { what, otherwise, byDefault }]) => {
      const value = otherwise ?? byDefault?.(one.topology);
      return `--${name}: ${what}${value === undefined ? '' : ` (${value})`}`;
    })
    .join('; ');
}

const MOST_COLUMNS = 108;

/** Breaks an item of a list between words; what follows hangs below its beginning. */
function item(text: string): string {
  const lines: string[] = ['-'];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= MOST_COLUMNS) lines[lines.length - 1] = line;
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}

const catalog = FAULTS.flatMap(fault => [
  `### ${fault.id}`,
  '',
  item(fault.sentence),
  item(`Takes: ${describeParameters(fault) || 'nothing'}.`),
  ...(fault.outside?.(one) === undefined ? [] : [item(`Not where ${fault.outside(one)}.`)]),
  item(`Does: ${fault.does}`),
  item(`A real mesh: ${fault.real.shows} (${fault.real.source})`),
  item(`\`clear\`: ${fault.clears}`),
  ...(fault.notSimulated === undefined ? [] : [item(`Not simulated: ${fault.notSimulated}`)]),
  '',
]);

const seconds = (ms: number | null, none: string): string => (ms === null ? none : `${ms / 1000} s`);

const tableOf = (rows: readonly FaultRow[]): readonly string[] => [
  rowOf([
    'fault',
    'cluster1',
    'cluster2',
    'lost',
    'first error',
    'healed itself',
    'recovered',
    'in force',
    'met',
  ]),
  rowOf(Array.from({ length: 9 }, () => '---')),
  ...rows.map(row =>
    rowOf([
      `\`${row.fault}\``,
      ...['cluster1', 'cluster2'].map(cluster => row.sources[cluster] ?? ''),
      `${row.lost} of ${row.calls}`,
      seconds(row.firstErrorMs, '–'),
      seconds(row.healedMs, '–'),
      seconds(row.recoveredMs, 'never'),
      seconds(row.beginMs + row.stayMs + row.clearMs, '–'),
      row.met === undefined ? '–' : String(row.met),
    ]),
  ),
];

t.test('the page is made of the catalog and of what was recorded', async t => {
  const table = recordedTable();
  const made = [
    '## The catalog',
    '',
    ...catalog,
    '## What was seen',
    '',
    ...SCENARIOS.flatMap(scenario => [`### ${scenario}`, '', ...tableOf(table[scenario] ?? []), '']),
  ];
  const page = readFileSync(file, 'utf8');
  const [head = ''] = page.split(BEGIN);
  const whole = `${head}${BEGIN}\n${made.join('\n')}`;
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, whole);
  else t.equal(page, whole);
});
