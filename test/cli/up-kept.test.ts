/** What a user keeps in the folders of a world, or has changed there, stays; all else of it goes. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { OwnState } from '../../harness/cli/up/own-state.ts';
import { upPaths } from '../../harness/cli/up/paths.ts';
import { releaseFiles } from '../../harness/cli/up/release-folder.ts';
import { runHere } from '../support/run-here.ts';

const SAMPLES = new Map([
  ['samples/sleep/sleep.yaml', 'kind: Deployment\n'],
  ['samples/multicluster/gen.sh', '#!/bin/sh\n'],
]);
const WORLD = {
  ...{ scenario: 'multi-primary', edition: '1.8', istioVersion: '1.8.0', seed: '1', bare: true },
  startedAt: new Date(0).toISOString(),
};

/** A world with all its files, in a state folder of its own. */
async function world(stateDir: string) {
  const told: string[] = [];
  const paths = upPaths(stateDir, {});
  const own = await OwnState.take(paths, WORLD, { tell: text => void told.push(text) });
  own.write(paths.release, releaseFiles(SAMPLES, paths.kubeconfig));
  own.started([{ name: 'cluster1', server: 'https://127.0.0.1:1' }], 'kind: Config\n');
  for (const cache of ['discovery', 'http'])
    mkdirSync(path.join(paths.kubeCache, cache), { recursive: true });
  return { own, told, paths, at: (...names: string[]) => path.join(stateDir, ...names) };
}

/** All files below a folder; links as such. */
const filesIn = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(each => !each.isDirectory())
        .map(each => path.relative(folder, path.join(each.parentPath, each.name)))
        .toSorted()
    : [];

/** Makes the process that has written the state a dead one, as SIGKILL does. */
function kill(file: string): void {
  const state = JSON.parse(readFileSync(file, 'utf8')) as { owner: object };
  writeFileSync(file, JSON.stringify({ ...state, owner: { pid: 2 ** 22 + 1 } }));
  for (const name of readdirSync(path.dirname(file)).filter(each => each.startsWith('claim.')))
    rmSync(path.join(path.dirname(file), name));
}

t.test('of what nobody has touched nothing stays', async t => {
  const { own, told, paths } = await world(path.join(t.testdir(), 'state'));
  own[Symbol.dispose]();
  t.notOk(existsSync(paths.folder));
  t.same(told, []);
});

t.test('the work of a user stays when the world ends, and one line says so', async t => {
  const { own, told, paths, at } = await world(path.join(t.testdir(), 'state'));
  mkdirSync(at('istio', 'certs'));
  mkdirSync(at('istio', 'empty'));
  writeFileSync(at('istio', 'certs', 'root-key.pem'), 'key');
  writeFileSync(at('istio', 'cluster1.yaml'), 'kind: IstioOperator\n');
  appendFileSync(at('istio', 'samples', 'sleep', 'sleep.yaml'), '# mine\n');
  appendFileSync(at('kubeconfig'), '# another cluster\n');
  writeFileSync(at('log'), 'of somebody\n');
  own[Symbol.dispose]();
  t.same(filesIn(paths.folder), [
    ...['istio/certs/root-key.pem', 'istio/cluster1.yaml', 'istio/samples/sleep/sleep.yaml'],
    ...['kubeconfig', 'log', 'written.json'],
  ]);
  t.ok(existsSync(at('istio', 'empty')), 'an empty folder too');
  t.match(readFileSync(at('istio', 'samples', 'sleep', 'sleep.yaml'), 'utf8'), '# mine');
  t.same(told, [
    `Kept, as it is yours: istio/certs, istio/cluster1.yaml, istio/empty, istio/samples, kubeconfig, 1 more in ${paths.folder}`,
  ]);
});

t.test('a world in the same folder writes over nothing', async t => {
  const { own, at } = await world(path.join(t.testdir(), 'state'));
  writeFileSync(at('istio', 'samples', 'sleep', 'sleep.yaml'), 'mine');
  writeFileSync(at('kubeconfig'), 'mine too');
  own[Symbol.dispose]();
  const next = await world(at());
  t.same(next.told, [
    `istio/samples/sleep/sleep.yaml was yours: it is istio/samples/sleep/sleep.yaml.yours now, in ${at()}`,
    `kubeconfig was yours: it is kubeconfig.yours now, in ${at()}`,
  ]);
  t.equal(readFileSync(at('istio', 'samples', 'sleep', 'sleep.yaml'), 'utf8'), 'kind: Deployment\n');
  writeFileSync(at('kubeconfig'), 'mine once more');
  next.own[Symbol.dispose]();
  (await world(at())).own[Symbol.dispose]();
  t.same(filesIn(at()), [
    ...['istio/samples/sleep/sleep.yaml.yours', 'kubeconfig.yours', 'kubeconfig.yours.2', 'written.json'],
  ]);
  t.equal(readFileSync(at('kubeconfig.yours'), 'utf8'), 'mine too');
  t.equal(readFileSync(at('kubeconfig.yours.2'), 'utf8'), 'mine once more');
});

t.test('what lies behind a link is not ours', async t => {
  const { own, at } = await world(path.join(t.testdir(), 'state'));
  const theirs = at('..', 'theirs');
  renameSync(at('istio', 'samples'), theirs);
  symlinkSync(theirs, at('istio', 'samples'));
  own[Symbol.dispose]();
  t.equal(filesIn(theirs).length, 2);
  (await world(at())).own[Symbol.dispose]();
  t.equal(filesIn(theirs).length, 2, 'nor for the next world');
  t.ok(existsSync(at('istio', 'samples.yours')));
});

for (const [name, argv, line] of [
  [
    'down',
    ['down'],
    /^Removed what multi-primary had left\.\nKept, as it is yours: istio\/cluster1\.yaml in /,
  ],
  [
    'clean',
    ['clean'],
    /^removed what a world had left in .*\. Kept, as it is yours: istio\/cluster1\.yaml in /,
  ],
] as const)
  t.test(`${name}, after the process was killed`, async t => {
    const home = t.testdir();
    const { own, paths, at } = await world(path.join(home, 'up'));
    writeFileSync(at('istio', 'cluster1.yaml'), 'mine');
    kill(paths.state);
    const { code, stdout, stderr } = await runHere(argv, { env: { MESH_HARNESS_STATE: home } });
    t.equal(code, 0, stderr);
    t.match(`${stdout}${stderr}`, line);
    t.same(filesIn(paths.folder), ['istio/cluster1.yaml', 'written.json']);
    t.match((await runHere(['clean'], { env: { MESH_HARNESS_STATE: home } })).stdout, 'nothing to remove');
    own[Symbol.dispose]();
  });

t.test('a folder that is not ours is no state, whatever its files are called', async t => {
  const folder = t.testdir({
    ...{ kubeconfig: 'prod', log: 'x', 'log.4194305': 'x', 'claim.4194305': 'x', 'state.json.new': 'x' },
    ...{ istio: { 'cluster1.yaml': 'x' }, 'kube-cache': { discovery: { x: 'x' } } },
  });
  const before = filesIn(folder);
  for (const [argv, code] of [
    [['up', 'multi-primary', '--bare'], 2],
    [['down'], 0],
  ] as const) {
    const ended = await runHere([...argv, '--state-dir', folder]);
    t.equal(ended.code, code, ended.stderr);
    t.same(filesIn(folder), before);
  }
});

t.test('a list that was tampered with leads to no file elsewhere', async t => {
  const { own, at } = await world(path.join(t.testdir(), 'state'));
  const outside = at('..', 'outside');
  writeFileSync(outside, '');
  const files = { [path.relative(at(), outside)]: 'grows', [outside]: 'grows' };
  writeFileSync(at('written.json'), JSON.stringify({ version: 1, files }));
  own[Symbol.dispose]();
  t.ok(existsSync(outside));
});
