/**
 * The platform from its start to its end on a real Docker engine, with stand-ins for kind, kubectl and
 * istioctl.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { clusterName } from '../../../harness/model/names.ts';
import { clean } from '../../../harness/platform/clean.ts';
import { connectEngine } from '../../../harness/platform/kind/engine/connect.ts';
import { kubeadmGaveUp, PHASES } from '../../support/creation-texts.ts';
import { docker } from '../../support/docker.ts';
import { kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;
const signal = new AbortController().signal;

async function worldFor(t: Test, networks: readonly [string, string], runId: string) {
  const folder = t.testdir();
  const topology = twoClusters(networks);
  const world = await kindWorld(folder, topology);
  t.teardown(() => world[Symbol.asyncDispose]());
  return { folder, topology, world, platform: world.platform(runId) };
}

/** What of a run is in Docker and on disk. */
function remains(runId: string, folder: string): readonly string[] {
  const names = (...args: readonly string[]) =>
    docker(...args)
      .split('\n')
      .filter(name => name.includes(`mh-${runId}-`));
  const runs = join(folder, 'state', 'runs');
  return [
    ...names('ps', '-a', '--format', '{{.Names}}'),
    ...names('network', 'ls', '--format', '{{.Name}}'),
    ...(existsSync(runs) ? readdirSync(runs).filter(name => name.startsWith(`${runId}.`)) : []),
  ];
}

t.test('two networks: brought up, given addresses, described, and gone again', { skip }, async t => {
  const { folder, topology, platform } = await worldFor(t, ['network1', 'network2'], 'kpa');
  const started = await platform.start(topology, signal);
  t.teardown(() => started[Symbol.asyncDispose]());
  // While it goes on, the proof has an address of its own on each node.
  await started.proven;
  const cluster1 = started.clusters.get(clusterName('cluster1'));
  if (!cluster1) throw new Error('no cluster1');

  t.match(cluster1.kubeconfig('this-machine'), /server: https:\/\/127\.0\.0\.1:\d+/);
  const address = /server: https:\/\/([\d.]+):6443/.exec(cluster1.kubeconfig('other-clusters'))?.[1] ?? '';
  const transit = JSON.parse(docker('network', 'inspect', 'mh-kpa-transit')) as [
    { Containers: Record<string, { Name: string; IPv4Address: string }> },
  ];
  const onTransit = Object.values(transit[0].Containers).find(
    ({ Name }) => Name === 'mh-kpa-cluster1-control-plane',
  );
  t.equal(
    onTransit?.IPv4Address.split('/')[0],
    address,
    'other clusters are given the fixed address on the transit network',
  );
  const runs = join(folder, 'state', 'runs');
  const kindFolder = join(runs, readdirSync(runs)[0] ?? '', 'kind');
  t.match(
    readFileSync(join(kindFolder, 'mh-kpa-cluster1.yaml'), 'utf8'),
    `"localhost","127.0.0.1","mh-kpa-cluster1-control-plane","${address}"`,
    'and the certificate is asked to name it',
  );
  t.equal(statSync(kindFolder).mode & 0o077, 0, 'kubeconfigs are for the owner only');
  t.match(
    started.adjustments.find(
      ({ cluster, verb }) => cluster === 'cluster1' && verb[0] === 'create-remote-secret',
    ),
    { addArgs: ['--server', `https://${address}:6443`] },
  );

  const client = new KubernetesClient(cluster1.kubeconfig('this-machine'));
  t.teardown(() => client.close());
  const services = { apiVersion: 'v1', plural: 'services', namespace: 'default' };
  for (const name of ['one', 'two']) {
    await client.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'LoadBalancer', ports: [{ port: 15443 }], selector: { app: 'none' } },
    });
  }
  const prefix = address.replace(/\.\d+$/, '.');
  const holders = () =>
    docker('exec', 'mh-kpa-cluster1-control-plane', '/usr/bin/ip', '-o', '-4', 'address', 'show')
      .split('\n')
      .flatMap(line => /inet ([\d.]+)\/32/.exec(line)?.[1] ?? [])
      .filter(each => each.startsWith(prefix));
  await waitUntil('both addresses to be on the node', holders, listing => listing.length >= 2, {
    timeoutMs: 20_000,
    intervalMs: 200,
    clock: systemClock,
  });
  const given = holders();
  t.equal(new Set(given).size, 2, 'each Service has an address of its own');
  for (const each of given)
    t.match(
      docker(
        'exec',
        'mh-kpa-cluster2-control-plane',
        'curl',
        '-sk',
        '-m',
        '3',
        `https://${each}:6443/readyz`,
      ),
      'ok',
      `${each} is reached from the other network`,
    );
  await client.delete({ ...services, name: 'one' });
  await waitUntil('the address to be taken back', holders, listing => listing.length === 1, {
    timeoutMs: 20_000,
    intervalMs: 200,
    clock: systemClock,
  });

  await started.collectDiagnostics(join(folder, 'bundle'));
  t.ok(existsSync(join(folder, 'bundle', 'cluster1', 'pods.json')));
  t.match(
    readFileSync(join(folder, 'bundle', 'nodes', 'mh-kpa-cluster1-control-plane-routes.txt'), 'utf8'),
    /blackhole 10\.20\.0\.0\/16/,
  );

  await started[Symbol.asyncDispose]();
  t.same(remains('kpa', folder), []);
});

t.test(
  'one network: no transit, and the node address itself is given to others; what is kept is kept until clean',
  { skip },
  async t => {
    const { folder, topology, platform } = await worldFor(t, ['network1', 'network1'], 'kpb');
    const started = await platform.start(topology, signal);
    t.match(docker('exec', 'mh-kpb-cluster1-control-plane', '/usr/bin/ip', 'route'), /10\.20\.0\.0\/24 via /);
    t.notMatch(docker('network', 'ls', '--format', '{{.Name}}'), /mh-kpb-transit/);
    const lines = (started.keep?.() ?? []).join('\n');
    t.match(lines, /mesh-harness clean/);
    await started[Symbol.asyncDispose]();
    const merged = /^export KUBECONFIG='?([^'\n]+)'?$/m.exec(lines)?.[1] ?? '';
    t.equal(statSync(merged).mode & 0o777, 0o600, 'one kubeconfig, for its owner only');
    t.notMatch(lines, /-data|BEGIN/, 'named, not shown');
    for (const context of ['cluster1', 'cluster2']) {
      const client = new KubernetesClient(readFileSync(merged, 'utf8'), { context });
      t.match(client.server, /^https:\/\/127\.0\.0\.1:\d+/, `${context}: as this machine reaches it`);
      const nodes = await client.list({ apiVersion: 'v1', plural: 'nodes' });
      t.same(
        nodes.items.map(({ metadata }) => metadata.name),
        [`mh-kpb-${context}-control-plane`],
        `${context} is the cluster of that name, after the run has ended`,
      );
      client.close();
    }
    t.equal(remains('kpb', folder).length, 4, 'two nodes, a network, a ledger');

    const cleaning = { state: join(folder, 'state'), clock: systemClock, connect: connectEngine };
    t.match(
      await clean(cleaning),
      { removed: [], running: ['kpb'] },
      'this process still runs: its things are left alone',
    );
    // As if its process had ended.
    const runs = join(folder, 'state', 'runs');
    const [name = ''] = readdirSync(runs);
    const ledger = join(runs, name, 'ledger.jsonl');
    writeFileSync(ledger, readFileSync(ledger, 'utf8').replace(/"pid":\d+/, '"pid":99999999'));
    appendFileSync(ledger, '{"type":"netw');
    t.match(await clean(cleaning), { removed: [/^run kpb \(kept\)/], failures: [] });
    t.notOk(existsSync(merged), 'its kubeconfig goes with it');
    t.same(remains('kpb', folder), []);
  },
);

t.test('a creation that kubeadm gave up is made once more, alone', { skip }, async t => {
  const { topology, world } = await worldFor(t, ['network1', 'network2'], 'kpd');
  const creates = () => world.hub.calls.filter(({ argv }) => argv[0] === 'create');
  const nodes: string[] = [];
  const seeNodes = () => void nodes.push(docker('ps', '-a', '--format', '{{.Names}} {{.CreatedAt}}'));
  const when = 'create cluster --retain --name mh-kpd-cluster1';
  // The second call finds its own fault.
  const act = () => {
    world.hub.faults = [{ program: 'kind', when, how: { kind: 'meanwhile', act: seeNodes } }];
  };
  const stderr = PHASES + kubeadmGaveUp();
  world.hub.faults = [{ program: 'kind', when, how: { kind: 'fail-late', stderr, act } }];
  const told: string[] = [];
  const platform = world.platform('kpd', { onProgress: message => told.push(message) });
  const started = await platform.start(topology, signal);
  t.teardown(() => started[Symbol.asyncDispose]());
  const [first, second, third] = creates();
  t.equal(creates().length, 3, 'two, and one of them again');
  const other = [first, second].find(call => call?.argv.includes('mh-kpd-cluster2'));
  t.ok((third?.startedAtMs ?? 0) >= (other?.endedAtMs ?? 0), 'when the other is up');
  t.notMatch(nodes.join(), /mh-kpd-cluster1/, 'the nodes of the first try are gone by then');
  t.match(nodes.join(), /mh-kpd-cluster2-control-plane/);
  t.match(told.join('\n'), /cluster1: kubeadm had no answer of its API server in time/);
  t.notMatch(told.join('\n'), /round_trippers/);
  await started.collectDiagnostics(join(t.testdirName, 'bundle'));
  t.match(
    readFileSync(join(t.testdirName, 'bundle', 'kind', 'cluster1.1.log'), 'utf8'),
    /could not bootstrap/,
  );
  t.match(readFileSync(join(t.testdirName, 'bundle', 'kind', 'cluster1.log'), 'utf8'), /Creating cluster/);
});

t.test("a creation that fails is told in kind's own words, and nothing is left", { skip }, async t => {
  const { folder, topology, platform, world } = await worldFor(t, ['network1', 'network2'], 'kpc');
  const stderr =
    'ERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec" failed\n';
  for (const [how, message] of [
    [
      { kind: 'fail', stderr },
      /failed to init node with kubeadm.*\nKIND_EXPERIMENTAL_DOCKER_NETWORK=mh-kpc-network2 .*kind create cluster --retain --name mh-kpc-cluster2 .* ended with exit code 1/,
    ],
    [{ kind: 'kill' }, /create cluster --retain --name mh-kpc-cluster2 .* was killed/],
  ] as const) {
    world.hub.faults = [{ program: 'kind', when: 'mh-kpc-cluster2', how }];
    await t.rejects(platform.start(topology, signal), { code: 'ERR_PLATFORM_NOT_READY', message }, how.kind);
    t.same(remains('kpc', folder), [], `${how.kind}: nothing is left`);
  }
  world.hub.faults = [{ program: 'kind', when: 'mh-kpc-cluster2', how: { kind: 'hang' } }];
  const controller = new AbortController();
  const hanging = platform.start(topology, controller.signal);
  const seen = () => docker('ps', '--format', '{{.Names}}');
  await waitUntil('the node', seen, names => names.includes('mh-kpc-cluster1-control-plane'), {
    timeoutMs: 30_000,
    intervalMs: 200,
    clock: systemClock,
  });
  controller.abort(new Error('interrupted'));
  await t.rejects(hanging, { message: 'interrupted' });
  t.same(remains('kpc', folder), [], 'interrupted: nothing is left');
});
