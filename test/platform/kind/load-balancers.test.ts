/** The load balancers that may be chosen instead of addresses on nodes: MetalLB, and cloud-provider-kind. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { CleanupStack } from '../../../harness/base/dispose.ts';
import { parseCidrOrAddress } from '../../../harness/base/ipv4.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { networkName } from '../../../harness/model/names.ts';
import { checkCloudProvider, startCloudProvider } from '../../../harness/platform/kind/cloud-provider.ts';
import type { Engine } from '../../../harness/platform/kind/engine/engine.ts';
import { METALLB, metalLbManifest, poolDocuments, poolsOf } from '../../../harness/platform/kind/metallb.ts';
import { removeRemains } from '../../../harness/platform/kind/remove.ts';
import { planAddresses } from '../../../harness/platform/subnets.ts';
import { docker, testEngine, testImage } from '../../support/docker.ts';
import { kindWorld } from '../../support/kind-world.ts';
import { NODE_FILES, nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;
const signal = new AbortController().signal;
const one = twoClusters(['network1', 'network1']);
const two = twoClusters(['network1', 'network2']);

const networkOf = (name: string, subnet: string) => {
  const read = parseCidrOrAddress(subnet);
  if (!read) throw new Error(subnet);
  return { name, ...planAddresses(read) };
};

t.test('each cluster has a part of the slice that Docker never gives out', async t => {
  const network1 = networkOf('a', '172.30.0.0/24');
  const network2 = networkOf('b', '172.30.1.0/24');
  const transit = networkOf('c', '172.30.2.0/24');
  const pools = (topology: typeof one, networks: Parameters<typeof poolsOf>[1]) =>
    Object.fromEntries(poolsOf(topology.clusters, networks));
  t.same(pools(one, { ofTopology: new Map([[networkName('network1'), network1]]) }), {
    cluster1: '172.30.0.128-172.30.0.187',
    cluster2: '172.30.0.188-172.30.0.247',
  });
  const ofTopology = new Map([
    [networkName('network1'), network1],
    [networkName('network2'), network2],
  ]);
  t.same(pools(two, { ofTopology, transit }), {
    cluster1: '172.30.2.128-172.30.2.187',
    cluster2: '172.30.2.188-172.30.2.247',
  });
});

t.test('the manifest is fetched once, and only if it is what it should be', async t => {
  const folder = t.testdir({ cache: {} });
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('kind: SomethingElse\n');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const options = {
    cache: join(folder, 'cache'),
    mirror: `http://127.0.0.1:${port}/`,
    offline: false,
    signal,
  };
  await t.rejects(metalLbManifest(options), {
    code: 'ERR_TOOL',
    message: new RegExp(`expected ${METALLB.sha256}`),
  });
  t.same(asked, [`/metallb/${METALLB.version}/metallb-native.yaml`], 'no checksum is asked of the server');
  await t.rejects(metalLbManifest({ ...options, offline: true }), {
    code: 'ERR_PLATFORM_NOT_READY',
    message: /no manifest of MetalLB/,
  });
  const file = join(folder, 'cache', 'metallb', METALLB.version, 'metallb-native.yaml');
  writeFileSync(file, 'kind: Deployment\n');
  t.equal(await metalLbManifest({ ...options, offline: true }), file, 'what is in the cache is taken');
});

t.test('MetalLB is installed in every cluster, and given its pool when it is ready', { skip }, async t => {
  const folder = t.testdir();
  await using world = await kindWorld(folder, two);
  const cache = join(folder, 'cache', 'metallb', METALLB.version);
  mkdirSync(cache, { recursive: true });
  const image = 'quay.io/metallb/controller:v0.15.3';
  writeFileSync(join(cache, 'metallb-native.yaml'), `spec: { containers: [{ image: '${image}' }] }\n`);
  // Its containers can be had nowhere here: what they would do is answered, what they are told is looked at.
  world.hub.faults = [{ program: 'kubectl', when: 'metallb', how: { kind: 'answer', stdout: '' } }];
  const started = await world.platform('kpm', { loadBalancer: 'metallb' }).start(two, signal);
  try {
    const calls = world.hub.calls.filter(
      ({ program, argv }) => program === 'kubectl' && argv[0] === '--kubeconfig',
    );
    for (const cluster of ['cluster1', 'cluster2']) {
      const own = calls.filter(({ argv }) => argv[1]?.endsWith(`mh-kpm-${cluster}.kubeconfig`));
      t.same(
        own.map(({ argv }) => argv.slice(2).join(' ').replace(cache, 'CACHE')),
        [
          'apply -f CACHE/metallb-native.yaml',
          'rollout status deployment/controller -n metallb-system --timeout=300s',
          'rollout status daemonset/speaker -n metallb-system --timeout=300s',
          'apply -n metallb-system -f -',
        ],
      );
      const slice = /"transit":\{[^}]*"subnet":"([\d.]+)\.0\/24"/;
      const [pool, advertisement] = loadAll(own.at(-1)?.stdin ?? '') as {
        kind: string;
        spec: Record<string, string[]>;
      }[];
      t.match(pool, { kind: 'IPAddressPool' });
      t.match(advertisement, { kind: 'L2Advertisement', spec: { ipAddressPools: ['mesh-harness'] } });
      await started.collectDiagnostics(join(folder, 'bundle'));
      const networks = JSON.stringify(
        JSON.parse(readFileSync(join(folder, 'bundle', 'networks.json'), 'utf8')),
      );
      t.ok(
        pool?.spec['addresses']?.[0]?.startsWith(`${slice.exec(networks)?.[1]}.`),
        'on the network that both reach',
      );
    }
    t.match(
      docker('exec', 'mh-kpm-cluster1-control-plane', 'cat', '/tmp/crictl'),
      image,
      'its images are pulled before',
    );
    t.notMatch(started.keep?.().join('\n'), /no addresses any more/);
  } finally {
    await started[Symbol.asyncDispose]();
    // It was kept to see what is said then; this process lives, so `clean` would leave it alone.
    const clusters = ['mh-kpm-cluster1', 'mh-kpm-cluster2'];
    const networks = ['mh-kpm-network1', 'mh-kpm-network2', 'mh-kpm-transit'];
    t.same(await removeRemains(await testEngine(), { runId: 'kpm', clusters, networks }, systemClock), []);
  }
});

t.test('a pool is written as MetalLB reads it', async t => {
  t.match(loadAll(poolDocuments('192.0.2.1-192.0.2.9')), [
    {
      apiVersion: 'metallb.io/v1beta1',
      metadata: { namespace: 'metallb-system' },
      spec: { addresses: ['192.0.2.1-192.0.2.9'] },
    },
    { apiVersion: 'metallb.io/v1beta1', spec: { ipAddressPools: ['mesh-harness'] } },
  ]);
});

/** A program that makes one load balancer, as the real one labels it, and serves until it is ended. */
function writeProvider(folder: string, end: string): void {
  const file = join(folder, 'cloud-provider-kind');
  const argv =
    '--label io.x-k8s.cloud-provider-kind.cluster=mh-kpp-cluster1 --name kindccm-kpp --net "$KIND_EXPERIMENTAL_DOCKER_NETWORK"';
  const text = `#!/bin/sh\ndocker run -d ${argv} ${testImage(NODE_FILES)} sleep 1000\necho serving\n${end}\n`;
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

t.test('cloud-provider-kind serves one network, and what it made goes with the run', { skip }, async t => {
  const folder = t.testdir();
  t.throws(() => checkCloudProvider(two), {
    code: 'ERR_USAGE',
    message: /serves clusters on one network, and test has 2/,
  });
  checkCloudProvider(one);
  const engine = await testEngine();
  // Other tests have kind clusters too: only what is of this one is seen.
  const view: Engine = {
    ...engine,
    containers: async (label, value) =>
      (await engine.containers(label, value)).filter(({ name }) => name.includes('kpp')),
  };
  docker('network', 'create', 'mh-kpp-network1');
  t.teardown(() => void docker('network', 'rm', 'mh-kpp-network1'));
  const ofTopology = new Map([[networkName('network1'), networkOf('mh-kpp-network1', '172.30.0.0/24')]]);
  const start = async (onEnd: (message: string) => void = () => {}) => {
    const stopped = new AbortController();
    const cleanUp = new CleanupStack();
    const context = { engine: view, runId: 'kpp', topology: one, options: { path: folder }, cleanUp };
    const ended = await startCloudProvider(context, { ofTopology }, stopped.signal, onEnd);
    return async () => {
      stopped.abort();
      await ended();
      await cleanUp[Symbol.asyncDispose]();
    };
  };
  await t.rejects(start(), {
    code: 'ERR_PLATFORM_NOT_READY',
    message: /There is no cloud-provider-kind on PATH/,
  });
  writeProvider(folder, 'exec sleep 1000');
  const stop = await start();
  const balancers = () =>
    docker('ps', '-a', '--filter', 'name=kindccm-kpp', '--format', '{{.Names}} {{.Networks}}');
  const patience = { timeoutMs: 20_000, intervalMs: 200, clock: systemClock };
  await waitUntil('the load balancer', balancers, text => text !== '', patience);
  t.equal(balancers(), 'kindccm-kpp mh-kpp-network1');
  await stop();
  t.equal(balancers(), '');

  docker(
    ...['run', '-d', '--name', 'kpp-foreign', '--label', 'io.x-k8s.kind.cluster=of-another'],
    ...[testImage(NODE_FILES), 'sleep', '1000'],
  );
  try {
    await t.rejects(start(), {
      message: /serves every kind cluster of this machine, and of-another are not of this run/,
    });
  } finally {
    docker('rm', '-f', '-v', 'kpp-foreign');
  }

  writeProvider(folder, 'exit 3');
  let why = '';
  const stopSecond = await start(message => {
    why = message;
  });
  await waitUntil(
    'the end to be seen',
    () => why,
    text => text !== '',
    patience,
  );
  t.match(why, /cloud-provider-kind ended with exit code 3 while the run went on: .*serving/);
  await stopSecond();
  t.equal(balancers(), '');
});
