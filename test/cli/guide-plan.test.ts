import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import type { RunFlags } from '../../harness/cli/commands/run.flags.ts';
import { worksOf } from '../../harness/cli/works.ts';
import { OWN_18, OWN_CURRENT } from '../guide/support/pages.ts';
import { isNightly } from '../support/nightly.ts';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mesh-harness-guide-'));
const page = (name: string, ...lines: readonly string[]): string => {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};
const bash = (...lines: readonly string[]): string =>
  ['```bash', ...lines.map(line => `$ ${line}`), '```'].join('\n');

t.test('a plan is printed, mended or not', async t => {
  const plan = (...argv: readonly string[]) =>
    runHere(['guide', 'plan', OWN_18, '--tab', 'primary-remote', ...argv]);
  const list = await plan();
  t.equal(list.code, 0);
  t.match(list.stdout, /^primary-remote: 25 steps, edition 1\.8/);
  t.match(list.stdout, /cluster1\/save-address +Save the address .*\[\d+-\d+\]/);
  t.match(
    list.stdout,
    /Where the plan departs from the guide's text \(\d+\):[\s\S]*unset-variable\/L\d+ \[\d+\]: /,
  );
  const printed = await plan('--as-printed');
  t.match(printed.stdout, /^primary-remote: 22 steps/);
  t.match(printed.stdout, /Where the plan follows the guide, and the guide is wrong \(\d+\):/);
  t.notMatch(printed.stdout, /departs|make-certificates/);
  t.match(printed.stderr, /The guide has no step like make-certificates/);
  const script = await plan('--format', 'sh', '--as-printed');
  t.match(
    script.stdout,
    /# Printed by: mesh-harness guide plan \S+ --tab primary-remote --as-printed --edition 1\.8/,
  );
  t.match(
    script.stdout,
    /CLUSTER=CLUSTER1 NETWORK=NETWORK1 samples\/multicluster\/gen-eastwest-gateway\.sh \|/,
  );
});

t.test('what takes everything away is left out unless it is asked for', async t => {
  const plan = (...argv: readonly string[]) =>
    runHere(['guide', 'plan', OWN_CURRENT, '--edition', 'current', '--tab', 'iop', '--as-printed', ...argv]);
  t.notMatch((await plan()).stdout, /istioctl uninstall/);
  t.match((await plan('--clean-up')).stdout, /\/L292 +istioctl uninstall -y --purge +\[292\]/);
});

/** What a page says, flags, and what is answered. */
const REFUSED: readonly (readonly [
  name: string,
  lines: readonly string[],
  flags: readonly string[],
  message: RegExp,
])[] = [
  ['a loop', [bash('for a in b; do kubectl get pod; done')], [], /a\.md:2:3: a for loop/],
  [
    'a stranger',
    [bash('curl -L https://example.com')],
    [],
    /a\.md:2:3: a call of curl, which is no tool of a plan/,
  ],
  ['no context', [bash('kubectl get pod')], [], /a\.md:2:3: kubectl without --context/],
  ['an unset context', [bash('kubectl get pod --context="$CTX"')], [], /CTX is not set \(--var CTX=…\)/],
  [
    'a placeholder',
    [bash('export CTX=<your context>', 'kubectl get pod --context=$CTX')],
    [],
    /a placeholder, <your context>/,
  ],
  [
    'an output in a file',
    [bash('kubectl get pod --context=a > f')],
    [],
    /the output of kubectl in a file \(f\)/,
  ],
  ['a syntax error', [bash('kubectl get pod --context=a "b')], [], /an unclosed double quote/],
  [
    'no such version',
    [
      bash(
        'kubectl apply --context=a -f samples/sleep/sleep.yaml',
        'kubectl apply --context=a -f samples/helloworld/helloworld.yaml -l version=v9',
      ),
    ],
    [],
    /\n {2}\S*a\.md:3:3: clusters\[0\]\.workloads\.helloWorld\[0\]: should be v1 or v2, is "v9"/,
  ],
  ['no such tab', [bash('true')], ['--tab', 'a'], /no tab "a"/],
  ['no such variable', [bash('true')], ['--var', 'a'], /Write it as NAME=VALUE/],
];

t.test('what no plan can say is an error with its place', async t => {
  for (const [name, lines, flags, message] of REFUSED) {
    const { code, stderr } = await runHere(['guide', 'plan', page('a.md', ...lines), ...flags]);
    t.equal(code, 2, name);
    t.match(stderr, message, name);
  }
  const { stderr } = await runHere(['guide', 'plan', page('b.md', bash('a', 'b'))]);
  t.match(stderr, /says 2 things that cannot be carried out/, 'all are told at once');
});

t.test('what the page leaves to its reader can be given', async t => {
  const file = page('c.md', bash('export CTX=<your context>', 'kubectl get pod --context="$CTX"'));
  const { code, stdout, stderr } = await runHere(['guide', 'plan', file, '--var', 'CTX=east']);
  t.equal(code, 0, stderr);
  t.match(stdout, /c\/L3 +kubectl get pod +\[3\]/);
  t.match(stderr, /deploys nothing that could be called/);
});

t.test(
  'a value that the shell would tear is refused, and a context that is no name is told once',
  async t => {
    const two = ['kubectl get pod --context=$CTX_EAST', 'kubectl get ns --context="$CTX_EAST"'];
    const file = page('t.md', bash(...two));
    const given = async (value: string) =>
      await runHere(['guide', 'plan', file, '--var', `CTX_EAST=${value}`]);
    const torn = await given('a b');
    t.equal(torn.code, 2);
    t.match(torn.stderr, /t\.md:2:3: CTX_EAST outside of quotes, where the shell splits/);
    for (const context of ['gke_proj_us-east1-b_c1', 'arn:aws:eks:x', 'admin@c1', 'Cluster1', 'c.1']) {
      const { code, stderr } = await given(context);
      t.equal(code, 2);
      t.equal(stderr.split('cannot be the name of a cluster').length, 2, 'once');
      t.match(stderr, `: --var CTX_EAST=east names it, and --context east=${context} leads there`);
    }
  },
);

t.test('a run is of scenarios or of a guide', async t => {
  const refused = async (argv: readonly string[], message: RegExp) => {
    const { code, stderr } = await runHere(['run', ...argv]);
    t.equal(code, 2);
    t.match(stderr, message);
  };
  await refused([], /No scenario was named/);
  await refused(['multi-primary', '--guide', OWN_18], /not of both/);
  await refused(['--guide', OWN_18, 'multi-primary'], /no page multi-primary; it is the name of a scenario/);
  for (const flags of [['--tab', 'a'], ['--var', 'A=b'], ['--as-printed'], ['--clean-up']])
    await refused(['multi-primary', ...flags], new RegExp(`${flags[0]} is for --guide`));
  await refused(
    ['--guide', OWN_18, '--tab', 'primary-remote', '--clean-up'],
    /multicluster-1\.8\.md has no section that takes everything away/,
  );
  await refused(['--guide', OWN_18, '--tab', 'primary-remot'], /Did you mean primary-remote/);
  await refused(
    ['--guide', OWN_CURRENT, '--edition', 'current', '--tab', 'helm'],
    /not simulated by mesh-harness: helm/,
  );
  await refused(
    ['--guide', page('d.md', bash('kubectl get ns --context=a'))],
    /deploys nothing that could be called/,
  );
  await refused(
    ['--guide', OWN_18, '--tab', 'primary-remote', '--omit', 'nothing'],
    /^mesh-harness: The plan of primary-remote \(edition 1\.8\) has no step "nothing"/,
  );
});

t.test('a run tells what its plan has that the pages have not', async t => {
  // A cast: the other flags are none of the guide's.
  const flags = {
    guide: [OWN_18],
    tab: ['primary-remote'],
    var: [],
    asPrinted: false,
  } as unknown as RunFlags;
  const place = { edition: '1.8', platform: 'simulator', signal: new AbortController().signal };
  const [work] = await worksOf([], flags, place);
  t.match(
    work?.notes?.join(' '),
    /added: make-certificates, [^;]+; mended: \d+ mistakes \(guide lint tells them\)/,
  );
});

t.test('a run that is interrupted before it starts is no run', async t => {
  const guide = ['--guide', OWN_18, '--tab', 'primary-remote'];
  for (const argv of [guide, ['multi-primary']]) {
    const { code, stdout, stderr } = await runHere(['run', ...argv], { signal: AbortSignal.abort() });
    t.same([code, stdout], [130, '']);
    t.match(stderr, /interrupted/);
  }
});

t.test(
  'a guide is run, and what it made is taken away again',
  { skip: !isNightly && 'npm run tables' },
  async t => {
    const report = path.join(folder, 'report');
    const { code, stdout, stderr } = await runHere([
      ...['run', '--guide', OWN_CURRENT, '--edition', 'current', '--tab', 'iop', '--clean-up'],
      ...['--report-dir', report],
    ]);
    t.equal(code, 0, stderr);
    t.match(stdout, /^primary-remote-current +passed/);
    const { scenarios } = JSON.parse(readFileSync(path.join(report, 'report.json'), 'utf8')) as {
      scenarios: { steps: { id: string; outcome: string }[]; checks: { id: string; found: string }[] }[];
    };
    t.same(
      scenarios[0]?.steps.filter(({ outcome }) => outcome !== 'done'),
      [],
    );
    t.equal(scenarios[0]?.steps.at(-1)?.id, 'primary-remote-current/L295');
    t.match(scenarios[0]?.checks.at(-1), {
      id: 'guide-leaves-nothing',
      found: /^nothing of the guide is left in cluster1, cluster2/,
    });
  },
);
