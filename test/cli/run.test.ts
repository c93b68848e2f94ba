/** The main job as a user runs it: results, files, interruption, and nothing left behind. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { CLI, runCli, startCli, temporaryFolder } from '../support/cli.ts';

const SCENARIOS = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
];
const reportIn = (folder: string) =>
  JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as ConformanceReport;

t.test(
  'run all: four passes on standard output, nothing but progress on standard error, all reports',
  async t => {
    const folder = temporaryFolder();
    t.teardown(() => folder[Symbol.dispose]());
    const { code, stdout, stderr } = await runCli(['run', 'all', '--quiet'], folder.path);
    t.equal(code, 0, stderr);
    t.equal(stderr, '', 'quiet leaves only results');
    t.same(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split(/\s+/).slice(0, 2)),
      SCENARIOS.map(name => [name, 'passed']),
    );
    const all = path.join(folder.path, 'mesh-harness-report');
    const latest = path.join(all, readlinkSync(path.join(all, 'latest')));
    t.same(readdirSync(latest).sort(), [
      'SHA256SUMS',
      'conformance.yaml',
      'ctrf.json',
      'junit.xml',
      'report.html',
      'report.json',
      'report.md',
      'report.tap',
    ]);
    const report = reportIn(latest);
    t.equal(report.verdict, 'passed');
    t.equal(report.evidence, 'simulated');
    t.same(
      report.scenarios.map(({ scenario, verdict }) => [scenario, verdict]),
      SCENARIOS.map(name => [name, 'passed']),
    );
    for (const name of ['junit.xml', 'report.html', 'report.md', 'report.tap'])
      t.match(readFileSync(path.join(latest, name), 'utf8'), /simulated/, name);
  },
);

t.test('--output tap is a TAP document and nothing else', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const { code, stdout } = await runCli(
    ['run', 'multi-primary', '--output', 'tap', '--report-dir', 'here'],
    folder.path,
  );
  t.equal(code, 0);
  t.match(stdout, /^TAP version 14\n1\.\.1\n/);
  t.match(stdout, /^ok 1 - multi-primary$/m);
  t.equal(stdout, readFileSync(path.join(folder.path, 'here', 'report.tap'), 'utf8'));
  t.same(readdirSync(folder.path), ['here'], 'exactly there, and nowhere else');
});

t.test('a step that is left out: exit code 1, and the report says what was left out', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const step = 'remote-secret/cluster2-in-cluster1';
  const { code, stdout, stderr } = await runCli(
    ['run', 'multi-primary', '--omit', step, '--report-dir', 'here'],
    folder.path,
  );
  t.equal(code, 1);
  t.match(stdout, /^multi-primary\s+failed .*left out: remote-secret\/cluster2-in-cluster1/);
  t.match(stderr, /Step: remote-secret\/cluster2-in-cluster1/, 'the diagnosis names the step');
  t.match(
    stderr,
    /Again: .*--omit remote-secret\/cluster2-in-cluster1/,
    'the next command has the flags that were used',
  );
  t.same(reportIn(path.join(folder.path, 'here')).scenarios[0]?.omitted, [step]);
});

/** Waits for a step to end, then does something to the process. */
const afterFirstStep = (act: (pid: number) => void) => {
  let done = false;
  return (stderr: string, child: { readonly pid?: number | undefined }) => {
    if (done || !stderr.includes('✓') || child.pid === undefined) return;
    done = true;
    act(child.pid);
  };
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  t.test(
    `${signal} in the middle: exit code 130, a report of what was done until then, and a clean end`,
    async t => {
      const folder = temporaryFolder();
      t.teardown(() => folder[Symbol.dispose]());
      const { ended } = startCli(['run', 'all', '--report-dir', 'here'], {
        cwd: folder.path,
        onStderr: afterFirstStep(pid => process.kill(pid, signal)),
      });
      const { code, stdout, stderr } = await ended;
      t.equal(code, 130);
      t.notMatch(stderr, /^\s+at /m);
      const report = reportIn(path.join(folder.path, 'here'));
      t.equal(report.interrupted, true);
      // Each thread may have begun one.
      t.ok(report.scenarios.length >= 1 && report.scenarios.length < SCENARIOS.length);
      t.ok(report.scenarios.every(({ interrupted }) => interrupted));
      const others = SCENARIOS.filter(name => report.scenarios.every(({ scenario }) => scenario !== name));
      t.same(report.notBegun, others, 'the report names those that were not begun');
      for (const name of others) {
        t.match(stdout, new RegExp(`^${name} +never begun`, 'm'), 'as does the terminal');
        for (const file of ['junit.xml', 'report.html', 'report.md', 'report.tap'])
          t.ok(readFileSync(path.join(folder.path, 'here', file), 'utf8').includes(name), file);
      }
      for (const { cleanUpFailures } of report.scenarios) t.same(cleanUpFailures, []);
    },
  );
}

t.test('a run whose parent is gone ends itself', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const { spawn } = await import('node:child_process');
  // Far more work than the test has patience for.
  const work = `${process.execPath} ${CLI} run all --seed 1 && ${process.execPath} ${CLI} run all --seed 2`;
  const shell = spawn('sh', ['-c', `echo started; ${work}; true`], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let stderr = '';
  let killed = false;
  shell.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
    if (!killed && stderr.includes('✓')) killed = shell.kill('SIGKILL');
  });
  // The pipe closes only when everyone who holds its other end is gone: the shell, and our run.
  await new Promise(resolve => shell.stderr.on('close', resolve));
  t.equal(killed, true);
  t.match(stderr, /Interrupted|interrupted/);
});

t.test('two runs at once in one folder do not disturb each other', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const both = await Promise.all([1, 2].map(() => runCli(['run', 'multi-primary', '--quiet'], folder.path)));
  t.same(
    both.map(({ code, stderr }) => [code, stderr]),
    [
      [0, ''],
      [0, ''],
    ],
  );
  const all = path.join(folder.path, 'mesh-harness-report');
  const runs = readdirSync(all).filter(name => name !== 'latest');
  t.equal(runs.length, 2);
  for (const run of runs) t.equal(reportIn(path.join(all, run)).verdict, 'passed');
  t.ok(existsSync(path.join(all, 'latest', 'report.json')));
});

t.test('what a killed process left is swept by the next run', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const { mkdirSync, writeFileSync } = await import('node:fs');
  const here = path.join(folder.path, 'here');
  mkdirSync(here);
  const dead = 2 ** 22 + 1; // above the largest process id that Linux gives
  writeFileSync(path.join(here, `report.json.${dead}-0123456789ab.tmp`), 'half');
  writeFileSync(path.join(here, `report.json.${process.pid}-0123456789ab.tmp`), 'in the making');
  writeFileSync(path.join(here, 'notes.tmp'), 'not ours');
  writeFileSync(path.join(here, 'report.json'), '{ "harness": { "name": "mesh-harness"');
  const { code } = await runCli(['run', 'multi-primary', '--quiet', '--report-dir', 'here'], folder.path);
  t.equal(code, 0);
  t.same(
    readdirSync(here)
      .filter(name => name.endsWith('.tmp'))
      .sort(),
    ['notes.tmp', `report.json.${process.pid}-0123456789ab.tmp`],
  );
});

t.test('a reader that goes away is no failure, and hides none', async t => {
  const { execFileSync, spawnSync } = await import('node:child_process');
  const text = execFileSync(
    'bash',
    ['-c', `set -o pipefail; ${process.execPath} ${CLI} plan primary-remote --format json | head -n 1`],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  t.equal(text, '{\n');
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const { status, stdout } = spawnSync(
    'bash',
    [
      '-c',
      `${process.execPath} ${CLI} run multi-primary --omit cluster1/enable-injection 2>&1 | head -n 1; exit \${PIPESTATUS[0]}`,
    ],
    { cwd: folder.path, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  t.match(stdout, /^Platform: simulator/);
  t.equal(status, 1, 'the verdict of the run');
});
