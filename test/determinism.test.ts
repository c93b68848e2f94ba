/**
 * The same seed gives the same report byte for byte, apart from `volatile`: within a process, and in two that
 * load the machine for each other.
 */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import type { EditionName } from '../harness/model/east-west-gateway.ts';
import type { formatJson } from '../harness/report/json.ts';
import { run } from '../harness/session/run.ts';
import { EDITION_NAMES, planOf, topologyOf } from './plan/scenarios.ts';
import { CLI, startCli, temporaryFolder } from './support/cli.ts';
import { impatientChecks } from './support/impatient-checks.ts';
import { isNightly } from './support/nightly.ts';

t.setTimeout(600_000);

interface Told {
  readonly extended?: boolean;
  readonly scenario: string;
  readonly edition?: EditionName;
  readonly omit?: readonly string[];
  readonly seed?: string;
}

/** Few requests: what would differ does so in the first. */
const FEW = { requests: 100, risk: 1e-3 };

/** The checks beyond the guide's own take as long again: by night, and by day in the two processes below. */
async function told({ scenario, extended = isNightly, ...options }: Told): Promise<string> {
  const topology = await topologyOf(scenario);
  const plan = await planOf(scenario, options.edition ?? '1.8');
  const checks = impatientChecks(topology, plan, { extended, allowChanges: isNightly });
  const { volatile: _, ...rest } = await run({ topology, plan, checks, ...FEW, ...options });
  return JSON.stringify(rest, null, 2);
}

/** The first line that differs, with its neighbours: a whole report is no message. */
function firstDifference(one: string, other: string): string {
  const [lines, others] = [one.split('\n'), other.split('\n')];
  const at = lines.findIndex((line, index) => line !== others[index]);
  return at < 0 && lines.length === others.length
    ? 'no difference'
    : [...lines.slice(Math.max(0, at - 6), at + 1), '--- and', others[at] ?? 'the end'].join('\n');
}

const FAILING: readonly Told[] = [
  // Installs, rollouts and calls that fail or time out.
  { scenario: 'primary-remote-multi-network', edition: 'current', omit: ['cluster1/expose-istiod'] },
  // Packets that vanish, in a mesh of which the rest stands.
  { scenario: 'multi-primary-multi-network', omit: ['cluster1/install-gateway'] },
];
/** By day two processes run meshes that stand. */
const BY_NIGHT: readonly Told[] = [
  { scenario: 'primary-remote-multi-network', edition: 'current' },
  { scenario: 'primary-remote-multi-network', omit: ['cluster1/expose-istiod'] },
  // Handshakes that fail.
  { scenario: 'multi-primary', omit: ['make-certificates'] },
];
const RUNS = isNightly ? [...FAILING, ...BY_NIGHT] : FAILING;

for (const options of RUNS) {
  const { scenario, edition = '1.8', omit } = options;
  const title = [`${scenario}, edition ${edition}`, ...(omit ?? []).map(step => `without ${step}`)].join(
    ', ',
  );
  t.test(`${title}: two runs in one process give the same report`, async t => {
    const first = await told(options);
    t.equal(firstDifference(first, await told(options)), 'no difference');
  });
}

t.test('another seed gives another run', async t => {
  const sequence = async (seed: string) =>
    /"sequence": "(\w+)"/.exec(await told({ scenario: 'multi-primary', seed, extended: false }))?.[1];
  t.not(await sequence('1'), await sequence('2'));
});

/** Paths of further Nodes, as in PATH: CONTRIBUTING.md. */
const OTHER_NODES = (process.env['MESH_HARNESS_NODES'] ?? '').split(path.delimiter).filter(Boolean);

/** The longest check by night only; and not the edition of which the mesh above stands. */
const BY_DAY = isNightly ? [] : ['--skip-check', 'failover-VERSION', '--edition', 'current'];
/** What each process runs. */
const SCENARIOS = isNightly ? ['all'] : ['multi-primary', 'primary-remote-multi-network'];
/** What each of the other Nodes runs. */
const SEEDS = isNightly ? ['1', '7', 'x'] : ['7'];

/** The report of a process of its own, without what may differ. */
async function reportOf(t: Test, node: string, folder: string, arguments_: readonly string[] = []) {
  const argv = [
    'run',
    ...SCENARIOS,
    '--extended',
    ...BY_DAY,
    ...arguments_,
    '--quiet',
    '--report-dir',
    folder,
  ];
  const ended = await startCli(argv, { cwd: path.dirname(folder), node }).ended;
  t.same([ended.code, ended.stderr], [0, ''], node);
  // The file is our own.
  const whole = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as Parameters<
    typeof formatJson
  >[0];
  const { volatile: _, ...rest } = whole;
  return JSON.stringify(rest, null, 2);
}

const NO_CLI = !existsSync(CLI) && 'dist/ is missing';

t.test('two processes at once give the same report', { skip: NO_CLI }, async t => {
  using folder = temporaryFolder();
  const [one = '', other = ''] = await Promise.all(
    ['one', 'other'].map(name => reportOf(t, process.execPath, path.join(folder.path, name))),
  );
  t.equal(firstDifference(one, other), 'no difference');
});

t.test(
  'other Nodes give the same report as this one',
  { skip: NO_CLI || (OTHER_NODES.length === 0 && 'MESH_HARNESS_NODES names none') },
  async t => {
    using folder = temporaryFolder();
    const here = path.join(folder.path, 'report');
    for (const edition of EDITION_NAMES)
      for (const seed of SEEDS) {
        const asked = ['--edition', edition, '--seed', seed];
        const one = await reportOf(t, process.execPath, here, asked);
        for (const node of OTHER_NODES) {
          const other = await reportOf(t, node, here, asked);
          t.equal(firstDifference(one, other), 'no difference', [node, ...asked].join(' '));
        }
      }
  },
);
