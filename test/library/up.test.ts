/** Meshes that are up in this process: what they give, what fails on purpose, what they leave. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { packageRoot } from '../../harness/base/package-root.ts';
import {
  builtInChecks,
  type Check,
  HarnessError,
  KubernetesApiError,
  loadScenario,
  type Mesh,
  makeTopology,
  omitSteps,
  plan,
  type RunOptions,
  run,
  type ScenarioName,
  up,
  verify,
} from '../../harness/index.ts';
import { runProcess } from '../../harness/process/run.ts';
import { TOOLS_PREFIX } from '../../harness/process/temporary-folders.ts';
import { listScenarios } from '../../harness/scenario/load.ts';
import { findKubectl, withoutKubectl } from '../support/kubectl.ts';
import { isNightly } from '../support/nightly.ts';

/** What meshes of this process have on disk. */
const leftovers = () =>
  readdirSync(tmpdir()).filter(name => name.startsWith(`${TOOLS_PREFIX}${process.pid}-`));
const few = { requests: 20, risk: 0.3 };
const sleepPod = { namespace: 'sample', labelSelector: 'app=sleep', container: 'sleep' };
const hello = (...options: readonly string[]) => ['curl', '-sS', ...options, 'helloworld.sample:5000/hello'];

const listeners = process.listenerCount('exit');
const mesh = await up({ scenario: 'primary-remote-multi-network' });
t.teardown(() => mesh.stop());

t.test('a mesh gives ways to its clusters, to this user alone', async t => {
  t.same(mesh.contexts, { cluster1: 'cluster1', cluster2: 'cluster2' });
  t.same(Object.keys(mesh.clients), ['cluster1', 'cluster2']);
  for (const file of [mesh.kubeconfig, mesh.kubeconfigs.cluster1, mesh.kubeconfigs.cluster2])
    t.equal(statSync(file).mode & 0o777, 0o600, file);
  t.equal(statSync(path.dirname(mesh.kubeconfig)).mode & 0o777, 0o700);
  t.match(readFileSync(mesh.kubeconfigs.cluster2, 'utf8'), mesh.clients.cluster2.server);
  t.match(mesh.env, { KUBECONFIG: mesh.kubeconfig, CTX_CLUSTER1: 'cluster1', CTX_CLUSTER2: 'cluster2' });
  const { items } = await mesh.clients.cluster2.list(
    { apiVersion: 'v1', plural: 'pods', namespace: 'sample' },
    { labelSelector: 'app=helloworld' },
  );
  t.match(items, [{ metadata: { labels: { version: 'v2' } } }]);
  t.match(await mesh.exec('cluster1', sleepPod, hello()), { exitCode: 0, stdout: /^Hello version: v[12], / });
  t.match(await mesh.exec('cluster2', sleepPod, ['cat'], { stdin: 'as it is' }), { stdout: 'as it is' });
  // Its clock has not overtaken ours, by which kubectl tells ages.
  const created = Date.parse(items[0]?.metadata.creationTimestamp ?? '');
  t.ok(created <= Date.now() && created > Date.now() - 600_000, 'it is minutes old');
});

const kubectl = findKubectl();
t.test('kubectl talks to it', { skip: withoutKubectl(kubectl) }, async t => {
  const { stdout } = await runProcess(
    kubectl ?? '',
    ['--context', 'cluster2', '-n', 'sample', 'get', 'pods'],
    {
      env: mesh.env,
      timeoutMs: 20_000,
      signal: new AbortController().signal,
    },
  );
  t.match(stdout, /^helloworld-v2-\S+ +2\/2 +Running +0 +\dm/m);
});

t.test('verify asks the checks of ours, and those of others beside them', async t => {
  const mine: Check = {
    id: 'answers-from-both',
    sentence: 'My cluster answers.',
    level: 'core',
    run: async ({ clusters, signal }) => {
      const names = [...clusters.values()].map(({ spec }) => spec.name);
      const first = [...clusters.values()][0];
      const { items = [] } =
        (await first?.client.list({ apiVersion: 'v1', plural: 'nodes' }, {}, signal)) ?? {};
      const outcome = items.length === 1 ? 'passed' : 'failed';
      return { outcome, found: `${names.join(' and ')}: ${items.length}`, evidence: items.length };
    },
  };
  const ours = builtInChecks(mesh.topology).filter(({ id }) => id.endsWith('workloads-ready'));
  const report = await verify(mesh, { checks: [...ours, mine], ...few });
  t.equal(report.verdict, 'passed');
  t.match(report.scenarios[0]?.checks, [
    { id: 'cluster1-workloads-ready', outcome: 'passed' },
    { id: 'cluster2-workloads-ready', outcome: 'passed' },
    { id: 'answers-from-both', outcome: 'passed', found: 'cluster1 and cluster2: 1' },
  ]);
  const failing = await verify(mesh, {
    checks: [{ ...mine, run: async () => ({ outcome: 'failed', found: 'no', evidence: null }) }],
  });
  t.equal(failing.verdict, 'failed');
  t.match((await verify(mesh, few)).verdict, 'passed', 'all of ours');
  t.same(mesh.defects, []);
});

t.test('a mesh of others is verified by its contexts', async t => {
  const { kubeconfig } = mesh;
  const contexts = { east: 'cluster1', west: 'cluster2' };
  const report = await verify({ kubeconfig, contexts }, few);
  t.match(report, { verdict: 'passed', scenarios: [{ platform: { name: 'existing' } }] });
  t.match(report.scenarios[0]?.checks, [{ id: 'cluster1-workloads-ready' }]);
  const ready = { onlyChecks: ['CLUSTER-workloads-ready'] };
  const known = { kubeconfig: [kubeconfig], contexts: mesh.contexts, topology: mesh.topology };
  t.match(await verify(known, ready), { verdict: 'passed' });
  t.match(mesh.clients.cluster1.server, /^https:\/\/127\.0\.0\.1:/, 'it is still up');
  await t.rejects(verify({ ...known, contexts }), {
    message: /^contexts of verify: no context for cluster1; .*; a context for east, which primary-remote/,
  });
  await t.rejects(verify({ kubeconfig, contexts: { east: 'cluster1', west: 'custer2' } }), {
    code: 'ERR_USAGE',
    message: /custer2/,
  });
  await t.rejects(verify({ kubeconfig, contexts: { east: 'cluster1', west: 'cluster1' } }), {
    message: 'east and west are one and the same cluster.',
  });
  await t.rejects(verify({ kubeconfig: '/nope', contexts }), { code: 'ERR_UNREADABLE_FILE' });
  await t.rejects(verify({ context: 'x' } as object as Mesh), { message: /needs the option kubeconfig/ });
});

t.test('faults of networks meet who fits, until they are undone', async t => {
  const gateway = { cluster: 'cluster2', pod: 'istio-eastwestgateway' };
  using dropped = mesh.faults.drop({ to: gateway, port: 15443 });
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => mesh.exec('cluster1', sleepPod, hello('-m', '1'))),
  );
  t.notOk(answers.some(({ stdout }) => stdout.includes('v2')));
  t.ok(answers.some(({ exitCode }) => exitCode === 28));
  t.ok(dropped.met > 0);
  await mesh.faults.clear();
  dropped.undo();
  using refused = mesh.faults.refuse({ to: { cluster: 'cluster1' }, port: 6443 });
  await mesh.exec('cluster1', sleepPod, ['curl', '-m', '1', '-sSk', 'https://kubernetes.default']);
  t.ok(refused.met > 0);
  refused.undo();
  const cut = mesh.faults.partition('network1', 'network2');
  const dead = mesh.faults.drop({ from: { pod: 'nobody' } });
  t.match(await mesh.exec('cluster1', sleepPod, ['curl', '-m', '1', '-sS', mesh.clients.cluster2.server]), {
    exitCode: 7,
  });
  t.equal(dead.met, 0);
  cut.undo();
  dead.undo();
  const slow = mesh.faults.delay({ from: { cluster: 'cluster1', pod: 'sleep' } }, 150);
  const before = Date.now();
  await mesh.exec('cluster1', sleepPod, hello());
  t.ok(Date.now() - before >= 300, 'each way');
  slow.undo();
});

t.test('faults of the catalog are begun, listed and taken back', async t => {
  const nodes = { apiVersion: 'v1', plural: 'nodes' };
  {
    await using fault = await mesh.faults.begin('stop-api-server', { cluster: 'cluster2' });
    t.match(mesh.faults.list(), [{ id: fault.id, what: 'the API server of cluster2 is away' }]);
    await t.rejects(mesh.clients.cluster2.list(nodes));
    await mesh.faults.begin('partition-networks');
    await mesh.faults.clear();
    t.same(mesh.faults.list(), []);
  }
  t.equal((await mesh.clients.cluster2.list(nodes)).items.length, 1);
  await t.rejects(mesh.faults.begin('istiod-way'), { code: 'ERR_UNKNOWN_FAULT', hint: /istiod-away/ });
  await t.rejects(mesh.faults.begin('istiod-away', { cluster: 'west' }), { code: 'ERR_USAGE' });
  await t.rejects(mesh.faults.begin('istiod-away', { claster: 'west' } as object), {
    message: /has no option "claster"/,
  });
});

t.test('pods are killed, and come again', async t => {
  const selector = { namespace: 'sample', labelSelector: 'version=v1' };
  const [killed] = await mesh.faults.kill('cluster1', selector);
  t.match(killed, /^helloworld-v1-/);
  const [renewed] = await mesh.faults.restart('cluster1', { ...selector, labelSelector: 'app=sleep' });
  t.match(renewed, /^sleep-/);
  await t.rejects(mesh.faults.kill('cluster1', { ...selector, labelSelector: 'app=none' }), {
    message: 'There is no such pod in cluster1, sample, app=none.',
  });
});

t.test('names that the mesh does not have are told', async t => {
  // As JavaScript gives them.
  const loose: Mesh = mesh;
  for (const [wrong, hint] of [
    [() => loose.faults.partition('network1', 'network3'), /^Did you mean network1 or network2\?/],
    [() => loose.faults.drop({ from: { cluster: 'claster1' } }), /^Did you mean cluster1/],
    [() => loose.faults.refuse({ form: {} } as object), /docs\/library\.md/],
    [() => loose.faults.delay({ port: 0 }, 5), /docs\/library\.md/],
  ] as const)
    t.throws(wrong, { code: 'ERR_USAGE', hint });
  await t.rejects(loose.exec('cluster3', sleepPod, ['true']), {
    message: 'There is no cluster "cluster3".',
    hint: /Did you mean cluster1 or cluster2\?/,
  });
  const none = { ...sleepPod, labelSelector: 'app=slept' };
  await t.rejects(loose.exec('cluster1', none, ['true']), {
    message: /no such pod in cluster1, sample/,
  });
  const missing = { namespace: 'sample', pod: 'sleep-0' };
  await t.rejects(loose.exec('cluster1', missing, ['true']), KubernetesApiError);
});

t.test('several are up at once; of one that is stopped nothing is left', async t => {
  const topology = await loadScenario('multi-primary');
  const [one, other] = await Promise.all([
    up({ topology, bare: true, edition: 'current' }),
    up({ topology, bare: true, seed: '2' }),
  ]);
  t.not(one.clients['cluster1']?.server, other.clients['cluster1']?.server);
  t.equal(one.plan.edition, 'current');
  const pods = { apiVersion: 'v1', plural: 'namespaces' };
  t.notMatch((await one.clients['cluster1']?.list(pods))?.items, [{ metadata: { name: 'istio-system' } }]);
  t.equal(leftovers().length, 3);
  await Promise.all([one.stop(), one.stop(), other[Symbol.asyncDispose]()]);
  await one.stop();
  t.equal(leftovers().length, 1, 'that of the mesh above');
  t.notOk(existsSync(one.kubeconfig));
  await t.rejects(verify({ ...mesh }), { message: 'verify needs a mesh that is up.' });
});

t.test('a mesh that does not come up says why, and leaves nothing', async t => {
  const topology = await loadScenario('primary-remote');
  const harmed = omitSteps(plan(topology), ['cluster1/install-istio']);
  await t.rejects(up({ topology, plan: harmed }), {
    code: 'ERR_PLATFORM_NOT_READY',
    message: /^primary-remote could not be installed: /,
    hint: /Look at/,
  });
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number }; // of a TCP server that listens
  await t.rejects(up({ topology, bare: true, firstPort: port }), {
    code: 'ERR_PLATFORM_NOT_READY',
    hint: /EADDRINUSE.*Choose other ports/,
  });
  taken.close();
  const ending = new AbortController();
  const reason = new Error('the test has seen enough');
  const listener = () => ending.abort(reason);
  await t.rejects(up({ topology, signal: ending.signal, listeners: [listener] }), reason);
  await t.rejects(up({ topology, signal: ending.signal }), reason);
  t.equal(leftovers().length, 1);
});

const bulk = { skip: !isNightly && 'npm run tables runs it' };
t.test('what is left out on purpose is no error', bulk, async t => {
  const lame = await up({ scenario: 'multi-primary', omit: ['remote-secret/cluster2-in-cluster1'] });
  const report = await verify(lame, { onlyChecks: ['cluster1-workloads-ready'] });
  t.equal(report.verdict, 'passed');
  await lame.stop();
});

t.test('the scenarios that types know are those that there are', async t => {
  const known: Record<ScenarioName, true> = {
    'multi-primary': true,
    'multi-primary-multi-network': true,
    'primary-remote': true,
    'primary-remote-multi-network': true,
  };
  const folder = path.join(packageRoot(), 'scenarios');
  t.same(Object.keys(known), await listScenarios({ folder }));
  for (const name of Object.keys(known) as ScenarioName[])
    t.same(
      (await loadScenario(name)).clusters.map(cluster => cluster.name),
      ['cluster1', 'cluster2'],
      'as the type of a mesh says',
    );
});

t.test('a topology is made of a text of ones own', async t => {
  const networks = [{ name: 'network1' }];
  const clusters = [{ name: 'east', network: 'network1', role: 'primary' }];
  t.match(makeTopology('mine', { meshID: 'mesh1', networks, clusters }), {
    name: 'mine',
    clusters: [{ name: 'east', nodes: 1 }],
  });
  t.throws(() => makeTopology('mine', { networks, clusters: [{ name: 'east', network: 'network2' }] }), {
    code: 'ERR_INVALID_SCENARIO',
    message: /^The topology mine has \d problems:\n/,
  });
});

t.test('options that are wrong are told, all at once', async t => {
  const given = { scenarios: 'x', seed: 5, firstPort: 70_000, topology: 'multi-primary', signal: undefined };
  const error = await up(given as object).then(
    () => undefined,
    (error: unknown) => error,
  );
  t.ok(error instanceof HarnessError);
  t.same(error instanceof HarnessError && [error.code, error.message.split('\n')], [
    'ERR_USAGE',
    [
      'up has no option "scenarios". Did you mean scenario?',
      'The option seed of up is 5; it has to be a text.',
      'The option firstPort of up is 70000; it has to be a port, 1 to 65535.',
      'The option topology of up is "multi-primary"; it has to be a topology, which loadScenario returns (the name of a scenario is the option scenario).',
    ],
  ]);
  await t.rejects(up({}), { message: 'up got neither a scenario nor a topology.' });
  const wrong = { scenario: 'multi-primery', edition: 'curent' };
  await t.rejects(up(wrong as object), { code: 'ERR_UNKNOWN_SCENARIO', hint: /Did you mean multi-primary/ });
  await t.rejects(up({ ...wrong, scenario: 'multi-primary' } as object), {
    code: 'ERR_UNKNOWN_EDITION',
    hint: /^Did you mean current\?/,
  });
  await t.rejects(verify(mesh, { onlyChecks: 'cluster1-workloads-ready' } as object), {
    message: /it has to be a list of texts\.$/,
  });
  await t.rejects(mesh.exec('cluster1', sleepPod, 'curl -sS helloworld' as unknown as string[]), {
    message: /^The option argv of exec is "curl -sS helloworld"; it has to be a list of texts\.$/,
  });
  await t.rejects(mesh.exec('cluster1', sleepPod, ['sleep', '5'], { timeoutMs: 50 }), {
    message: 'no end after 0.05 s: sleep 5',
  });
  const topology = mesh.topology;
  await t.rejects(run({ topology, keep: 'allways', traceFoldr: 1 } as object as RunOptions), {
    message:
      'The option keep of run is "allways"; it has to be always or on-failure.\n' +
      'run has no option "traceFoldr". Did you mean traceFolder?',
  });
  await t.rejects(run({} as RunOptions), { message: 'run needs the option topology.' });
  t.throws(() => plan(topology, 'curent' as 'current'), { code: 'ERR_UNKNOWN_EDITION' });
  t.throws(() => mesh.faults.drop({ protocol: 'tcp' as 'TCP' }), { message: /has to be TCP or UDP/ });
  const idle = { checks: builtInChecks(topology), extended: true };
  await t.rejects(verify(mesh, idle), { message: /^extended of verify choose/ });
  await t.rejects(verify(mesh, { checks: [{ id: 'x' }] } as object), { code: 'ERR_USAGE' });
  await t.rejects(verify(mesh, { onlyChecks: ['worklods'] }), { code: 'ERR_UNKNOWN_CHECK' });
});

t.test('after the last one the process has nothing of ours', async t => {
  await mesh.stop();
  t.same(leftovers(), []);
  t.equal(process.listenerCount('exit'), listeners);
  await sleep(50);
  t.notMatch(process.getActiveResourcesInfo().join(' '), /TCPServerWrap/);
});
