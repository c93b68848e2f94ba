/**
 * The trials of .github/workflows/kind.yml, as far as they can be tried without its machine: on the
 * simulator, and with programs that write down what they are called with.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { CLI, ROOT } from '../support/cli.ts';

const TRIAL = path.join(ROOT, '.ci', 'kind', 'trial');

function trial(name: string, folder: string, env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync('bash', [TRIAL, name], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', REPORTS: folder, ...env },
  });
  return { status, said: `${stdout}${stderr}` };
}

const onSimulator = { MESH_HARNESS: `${process.execPath} ${CLI}`, PLATFORM: 'simulator' };

t.test('each trial of the workflow is one of the script', async t => {
  const file = path.join(ROOT, '.github', 'workflows', 'kind.yml');
  const { jobs } = load(readFileSync(file, 'utf8')) as {
    jobs: { trial: { strategy: { matrix: { trial: readonly string[] } } } };
  }; // actionlint has read it
  const text = readFileSync(TRIAL, 'utf8');
  const known = [...text.matchAll(/^([a-z-]+)\) /gm)].map(([, name]) => name);
  t.same(known, jobs.trial.strategy.matrix.trial);
  t.match(trial('nonsense', t.testdir(), {}), { status: 2, said: 'exposes-nothing, no-remote-secret' });
});

t.test('on the simulator: letters are compared, scenarios pass', async t => {
  const folder = t.testdir();
  const omitted = trial('no-remote-secret', folder, onSimulator);
  t.equal(omitted.status, 0, omitted.said);
  t.match(omitted.said, 'cluster1-reaches-every-version: failed, R, remote-secret/cluster2-in-cluster1\n');
  const nodes = trial('several-nodes', folder, onSimulator);
  t.equal(nodes.status, 0, nodes.said);
  t.match(readFileSync(path.join(folder, 'several-nodes.yaml'), 'utf8'), /nodes: 3[\s\S]*nodes: 3/);
});

t.test('other letters, other steps and checks that are missing are found', async t => {
  const compare = path.join(ROOT, '.ci', 'kind', 'same-letters.mjs');
  const check = (symptom: string, step: string) => ({
    id: 'a',
    level: 'core',
    outcome: 'failed',
    traffic: { symptom },
    diagnosis: { steps: [step] },
  });
  const reports = { one: [check('X', 's')], same: [check('X', 's')], letter: [check('R', 's')] };
  const others = { step: [check('X', 'other')], none: [] };
  const folder = t.testdir();
  for (const [name, checks] of Object.entries({ ...reports, ...others })) {
    mkdirSync(path.join(folder, name));
    const report = { scenarios: [{ scenario: 'm', checks }] };
    writeFileSync(path.join(folder, name, 'report.json'), JSON.stringify(report));
  }
  const status = (one: string, other: string) =>
    spawnSync(process.execPath, [compare, path.join(folder, one), path.join(folder, other)]).status;
  t.same(
    ['same', 'letter', 'step', 'none'].map(name => status('one', name)),
    [0, 1, 1, 1],
  );
  t.equal(status('none', 'none'), 1, 'no checks at all prove nothing');
});

/** Programs that write down their words, in front of the machine's own. */
function written(t: Test, programs: Readonly<Record<string, string>>) {
  const folder = t.testdir();
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  cpSync(process.execPath, path.join(bin, 'node'), { dereference: true });
  for (const [name, script] of Object.entries(programs)) {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/bash\necho "${name} $*" >> ${folder}/calls\n${script}\n`);
    chmodSync(file, 0o755);
  }
  return {
    folder,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    calls: () =>
      readFileSync(path.join(folder, 'calls'), 'utf8').replaceAll(folder, 'FOLDER').trim().split('\n'),
  };
}

const DOCKER = '[ "$1 $2" != "image ls" ] || echo abc';
const IP = 'if [ "$2" = route ]; then echo default via 1.2.3.4 dev eth9; else echo "  inet 127.0.0.1/8"; fi';

t.test(
  'without registries: refused without the bundle, then run with it, and the rules go again',
  async t => {
    const refuses = 'case "$*" in *--bundle*|images*) exit 0 ;; esac; exit 3';
    const world = written(t, { 'mesh-harness': refuses, docker: DOCKER, ip: IP, sudo: '' });
    const { status, said } = trial('air-gapped', world.folder, world.env);
    t.equal(status, 0, said);
    const rules = (verb: string) => [
      `sudo iptables ${verb} DOCKER-USER -o eth9 -p tcp -j REJECT`,
      `sudo iptables ${verb} OUTPUT -o eth9 -p tcp -m owner --uid-owner root -j REJECT`,
    ];
    t.same(world.calls(), [
      'mesh-harness images save FOLDER/mesh.bundle',
      'docker image ls --quiet',
      'docker image rm --force abc',
      'ip -4 route show default',
      ...rules('-I'),
      'mesh-harness run primary-remote-multi-network --platform kind --offline --report-dir FOLDER/without',
      'docker network ls --quiet --filter name=mh-',
      'mesh-harness run all --platform kind --bundle FOLDER/mesh.bundle --offline --report-dir FOLDER/air-gapped',
      ...rules('-D'),
    ]);
  },
);

t.test('without registries, and a run without the bundle that is not refused: the trial fails', async t => {
  const world = written(t, { 'mesh-harness': '', docker: DOCKER, ip: IP, sudo: '' });
  t.match(trial('air-gapped', world.folder, world.env), { status: 1, said: 'it was to be refused' });
  t.equal(world.calls().filter(call => call.includes(' -D ')).length, 2);
});

t.test('behind a proxy: it refuses, and being asked for an address of the run fails the trial', async t => {
  const asks = (url: string) =>
    [
      '[ "$1" = run ] || exit 0',
      `for n in $(seq 50); do curl -s -x "$HTTP_PROXY" ${url} && break`,
      'sleep 0.1; done',
    ].join('\n');
  for (const [url, status] of [
    ['http://registry.invalid/v2/', 0],
    ['http://10.20.0.2:8181/ready', 1],
  ] as const) {
    await t.test(url, async t => {
      const world = written(t, { 'mesh-harness': asks(url), docker: DOCKER, ip: IP, sudo: '' });
      const ended = trial('refusing-proxy', world.folder, world.env);
      t.equal(ended.status, status, ended.said);
      t.match(readFileSync(path.join(world.folder, 'proxy.log'), 'utf8'), `GET ${url}\n`);
    });
  }
});
