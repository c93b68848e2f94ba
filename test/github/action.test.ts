/** The action's steps, run as GitHub runs them: outputs, summary, annotations and exit codes. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { ROOT } from '../support/cli.ts';
import { MACHINE, useHere } from '../support/github/use.ts';

t.test('a pass: the outputs say so, the report is there, whatever the folders are called', async t => {
  const name = `a$(touch pwned)b; c'd"e\n::debug::f`;
  const used = await useHere(
    t,
    {
      scenarios: './mine.yaml',
      arguments: '--edition current --check=versions-in-their-own-clusters',
      'working-directory': name,
      'report-dir': name,
    },
    {
      prepare: ({ workspace }) => {
        mkdirSync(path.join(workspace, name), { recursive: true });
        cpSync(path.join(ROOT, 'scenarios', 'multi-primary.yaml'), path.join(workspace, name, 'mine.yaml'));
      },
    },
  );
  t.equal(used.succeeded, true, used.log);
  t.same(used.exitCodes, [0, 0]);
  const working = path.join(used.workspace, name);
  const folder = path.join(working, name);
  t.same(used.outputs, { verdict: 'passed', 'exit-code': '0', report: folder });
  const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as ConformanceReport;
  t.match(report, { verdict: 'passed', scenarios: [{ edition: 'current' }] });
  t.equal(used.summary, readFileSync(path.join(folder, 'report.md'), 'utf8'));
  t.same(readdirSync(used.workspace), [name]);
  t.same(readdirSync(working).sort(), [name, 'mine.yaml'].sort());
  t.same(used.commands, []);
  t.same(used.used, [], 'no action of others');
});

t.test('a failure: exit code 1, annotations, the report in the folder for what is temporary', async t => {
  const used = await useHere(t, {
    scenarios: 'multi-primary',
    arguments: `--omit "remote-secret/cluster2-in-cluster1" --check cluster1-reaches-every-version`,
  });
  t.equal(used.succeeded, false);
  t.same(used.exitCodes, [0, 1]);
  t.match(used.outputs, { verdict: 'failed', 'exit-code': '1', report: /_temp.mesh-harness-report-\w+$/ });
  t.ok(existsSync(path.join(used.outputs['report'] ?? '', 'junit.xml')));
  t.same(readdirSync(used.workspace), [], 'it is no file among those of the job');
  t.match(used.commands, [
    { command: 'error', properties: { title: 'multi-primary: cluster1-reaches-every-version' } },
  ]);
  t.match(used.commands[0]?.text, /remote secret for cluster2\. Step: remote-secret\/cluster2-in-cluster1/);
  t.match(used.summary, /failed/);
});

/** Clusters that nothing answers for. */
const KUBECONFIG = JSON.stringify({
  clusters: [{ name: 'gone', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'me', user: { token: 'x' } }],
  contexts: ['east', 'west'].map(name => ({ name, context: { cluster: 'gone', user: 'me' } })),
});

t.test('unknown: the environment is in the way', async t => {
  const used = await useHere(
    t,
    {
      scenarios: 'multi-primary',
      platform: 'existing',
      arguments: '--offline --context=cluster1=east --context=cluster2=west',
    },
    {
      env: { ...MACHINE, KUBECONFIG: './config' },
      prepare: ({ workspace }) => writeFileSync(path.join(workspace, 'config'), KUBECONFIG),
    },
  );
  t.match(used.outputs, { verdict: 'unknown', 'exit-code': '3', report: /./ }, used.log);
  t.match(used.commands, [
    { command: 'error', properties: { title: 'multi-primary: run' }, text: /ECONNREFUSED/ },
  ]);
  t.match(used.summary, /unknown/);
});

t.test('wrong usage: an annotation, no verdict, no report', async t => {
  for (const [inputs, text] of [
    [{ scenarios: 'multi-primry' }, /^There is no scenario "multi-primry"/],
    [{ arguments: '--no-such-flag' }, /^unknown option '--no-such-flag'/],
    [
      { arguments: "--seed 'open" },
      /The input arguments has a quote or a backslash that nothing closes: 'open/,
    ],
    [{ arguments: '--report-dir elsewhere' }, /the input report-dir is for that/],
  ] as const) {
    const used = await useHere(t, inputs);
    t.same(used.outputs, { verdict: '', 'exit-code': '2', report: '' }, used.log);
    t.equal(used.commands.length, 1, used.log);
    t.match(used.commands[0], { command: 'error', properties: { title: 'mesh-harness' }, text });
    t.equal(used.summary, '');
  }
});
