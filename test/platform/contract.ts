/**
 * What every platform promises to those above it. One suite; a platform's test file says how it is brought
 * about, and what cannot be asked there.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import type { ClusterName } from '../../harness/model/names.ts';
import type { Topology } from '../../harness/model/topology.ts';
import type { Platform, StartedPlatform } from '../../harness/platform/platform.ts';
import { twoClusters } from '../support/topologies.ts';

/** Where a platform can be started, more than once, one after the other. */
export interface Place extends AsyncDisposable {
  readonly platform: Platform;
  /** What of its runs is there: files, containers, objects in clusters that were there before. */
  remains(): Promise<readonly string[]> | readonly string[];
}

export interface ContractOptions {
  /** @param folder - of the test's own */
  readonly open: (topology: Topology, folder: string) => Promise<Place>;
  /** Title of a promise → why it cannot be asked for here. */
  readonly skips?: Readonly<Record<string, string>>;
  /** Why none of it can. */
  readonly skip?: string | false;
}

interface Running {
  readonly t: Test;
  readonly topology: Topology;
  readonly place: Place;
  readonly started: StartedPlatform;
  readonly clients: ReadonlyMap<ClusterName, KubernetesClient>;
  /** Pods `client` and `server` in each cluster, ready. */
  readonly pods: ReadonlyMap<
    ClusterName,
    { readonly address: string; readonly balancers: readonly string[] }
  >;
}

const NAMESPACE = 'contract';
const PORT = 5000;
const IMAGES = { client: 'governmentpaas/curl-ssl', server: 'docker.io/istio/examples-helloworld-v1' };
/** curl's exit codes: a connection stood, or none came about in time. */
const REACHED = [0, 22, 35, 52, 56, 60];
const WAIT = { timeoutMs: 60_000, intervalMs: 100 };

/** Each is asked of one started platform with two clusters, on one network and on two. */
const PROMISES: Readonly<Record<string, (running: Running) => Promise<void>>> = {
  'the clusters are those of the topology, and time is told as announced': async ({
    t,
    topology,
    place,
    started,
  }) => {
    t.same(
      [...started.clusters.keys()],
      topology.clusters.map(({ name }) => name),
    );
    for (const [name, cluster] of started.clusters) t.equal(cluster.name, name);
    t.equal(started.clock.kind, place.platform.clock);
  },

  'each kubeconfig has one context, named like its cluster, and can be used': async ({
    t,
    started,
    clients,
  }) => {
    for (const [name, cluster] of started.clusters) {
      for (const from of ['this-machine', 'other-clusters'] as const) {
        const document = load(cluster.kubeconfig(from)) as Record<
          string,
          readonly { name: string }[] | string
        >; // a kubeconfig
        t.equal(document['current-context'], name);
        t.match(document['contexts'], [{ name }]);
        t.equal(document['contexts']?.length, 1);
      }
      const nodes = (await clients.get(name)?.list({ apiVersion: 'v1', plural: 'nodes' }))?.items ?? [];
      t.ok(
        nodes.length > 0 && nodes.every(node => hasCondition(node['status'], 'Ready')),
        `${name}: nodes are ready`,
      );
    }
  },

  'no two clusters are the same': async ({ t, started, clients }) => {
    const path = { apiVersion: 'v1', plural: 'namespaces', name: 'kube-system' };
    const uids = await Promise.all(
      [...clients.values()].map(async client => (await client.get(path)).metadata.uid),
    );
    t.equal(new Set(uids).size, clients.size);
    for (const from of ['this-machine', 'other-clusters'] as const) {
      const servers = [...started.clusters.values()].map(cluster => serverIn(cluster.kubeconfig(from)));
      t.equal(new Set(servers).size, clients.size, `${from}: ${servers.join(', ')}`);
    }
  },

  'an API server is reached from the pods of the other cluster, at its address for other clusters':
    async running => {
      for (const [from, to] of pairs(running)) {
        const cluster = running.started.clusters.get(to);
        const url = `${serverIn(cluster?.kubeconfig('other-clusters') ?? '')}/version`;
        running.t.ok(REACHED.includes(await curl(running, from, '-k', url)), `${from} → ${url}`);
      }
    },

  'pods of one network reach each other, those of separate networks do not': async running => {
    const { t, topology, pods } = running;
    const isOne = topology.networks.length === 1;
    for (const { name } of topology.clusters) {
      t.equal(
        await curl(running, name, urlOf(pods.get(name)?.address)),
        0,
        `${name} → its own pod: the control`,
      );
    }
    for (const [from, to] of pairs(running)) {
      const code = await curl(running, from, urlOf(pods.get(to)?.address));
      t.equal(REACHED.includes(code), isOne, `${from} → a pod of ${to}: curl ended with ${code}`);
    }
  },

  'each load balancer gets an address of its own, which is reached from the other cluster': async running => {
    const all = [...running.pods.values()].flatMap(({ balancers }) => balancers);
    running.t.equal(new Set(all).size, all.length, all.join(', '));
    for (const [from, to] of pairs(running)) {
      for (const address of running.pods.get(to)?.balancers ?? []) {
        const reached = await waitUntil(
          `${address} to be served`,
          () => curl(running, from, urlOf(address)),
          code => code === 0,
          { ...WAIT, clock: running.started.clock },
        );
        running.t.equal(reached, 0, `${from} → ${address} in ${to}`);
      }
    }
  },

  'adjustments are for clusters of the topology, and say why': async ({ t, started }) => {
    for (const { cluster, because, addArgs, verb } of started.adjustments) {
      t.ok(started.clusters.has(cluster), cluster);
      t.ok(because.length > 10 && addArgs.length > 0 && verb.length > 0, because);
    }
  },

  'diagnostics tell of every cluster, and of no secret': async ({ t, started }) => {
    const folder = t.testdir();
    await started.collectDiagnostics(folder);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
      statSync(join(folder, file)).isFile(),
    );
    for (const name of started.clusters.keys())
      t.ok(
        files.some(file => file.includes(name)),
        name,
      );
    const text = files.map(file => readFileSync(join(folder, file), 'utf8')).join('\n');
    t.match(text, /"kind": ?"Node"|"podCIDR"/, 'with what runs there');
    t.notMatch(text, /PRIVATE KEY|client-key-data: \S|eyJ[\w-]{8,}\.[\w-]{8,}\./);
    t.ok(text.length < 25 * 2 ** 20);
  },
};

/** Declares the suite. */
export function platformContract(name: string, { open, skips = {}, skip = false }: ContractOptions): void {
  const unknown = Object.keys(skips).filter(title => !(title in PROMISES) && !(title in LIVES));
  if (unknown.length > 0) throw new Error(`No such promise: ${unknown.join(', ')}`);
  for (const networks of [
    ['network1', 'network1'],
    ['network1', 'network2'],
  ] as const) {
    const count = new Set(networks).size;
    t.test(`${name}, ${count} network${count === 1 ? '' : 's'}`, { skip, timeout: 240_000 }, async t => {
      const topology = twoClusters(networks);
      await using place = await open(topology, t.testdir());
      t.same(await place.remains(), [], 'at first there is nothing');
      const started = await place.platform.start(topology, new AbortController().signal);
      const clients = new Map(
        [...started.clusters].map(([cluster, { kubeconfig, dial }]) => [
          cluster,
          new KubernetesClient(kubeconfig('this-machine'), dial ? { dial } : {}),
        ]),
      );
      try {
        const pods = new Map(
          await Promise.all(
            [...clients].map(async ([each, client]) => [each, await furnish(client, started)] as const),
          ),
        );
        for (const [title, ask] of Object.entries(PROMISES)) {
          await t.test(title, { skip: skips[title] ?? false }, async t => {
            await ask({ t, topology, place, started, clients, pods });
          });
        }
        for (const client of clients.values()) await unfurnish(client, started);
      } finally {
        for (const client of clients.values()) client.close();
        await started[Symbol.asyncDispose]();
      }
      t.same(await place.remains(), [], 'stopped: nothing is left');
      await started[Symbol.asyncDispose]();
      t.pass('stopping twice is no harm');
    });
  }
  t.test(`${name}: beginnings and ends`, { skip, timeout: 240_000 }, async t => {
    const topology = twoClusters(['network1', 'network2']);
    await using place = await open(topology, t.testdir());
    for (const [title, ask] of Object.entries(LIVES)) {
      await t.test(title, { skip: skips[title] ?? false }, async t => {
        await ask(t, place, topology);
        t.same(await place.remains(), [], 'nothing is left');
      });
    }
  });
}

const LIVES: Readonly<Record<string, (t: Test, place: Place, topology: Topology) => Promise<void>>> = {
  'doctor says what is wrong with what to do about it': async (t, { platform }) => {
    const findings = await platform.doctor(new AbortController().signal);
    t.ok(findings.length > 0);
    for (const { subject, ok, found, fix } of findings)
      t.ok(found !== '' && (ok || fix !== undefined), subject);
  },
  'a start that was called off before it began': async (t, { platform }, topology) => {
    await t.rejects(platform.start(topology, AbortSignal.abort(new Error('called off'))), {
      message: 'called off',
    });
  },
  'a start that is called off while it goes on': async (t, { platform }, topology) => {
    // In the same turn, and as soon as something of it can be there.
    for (const turns of [0, 3]) {
      const controller = new AbortController();
      let isAborted = false;
      const starting = platform.start(topology, controller.signal).then(
        async started => {
          const wasInTime = !isAborted;
          await started[Symbol.asyncDispose]();
          return wasInTime ? new Error('called off') : new Error('it started all the same');
        },
        (error: unknown) => error,
      );
      for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve));
      isAborted = true;
      controller.abort(new Error('called off'));
      const outcome = await starting;
      t.match(outcome, { message: 'called off' }, `after ${turns} turns`);
    }
  },
  'after a start that failed, or an end, it starts again': async (t, { platform }, topology) => {
    await using started = await platform.start(topology, new AbortController().signal);
    t.equal(started.clusters.size, 2);
  },
};

/** Something to ask from, something to ask, and two load balancers to ask it by. */
async function furnish(client: KubernetesClient, { clock }: StartedPlatform) {
  const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
  const pods = { apiVersion: 'v1', plural: 'pods', namespace: NAMESPACE };
  const services = { apiVersion: 'v1', plural: 'services', namespace: NAMESPACE };
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  for (const [name, image] of Object.entries(IMAGES)) {
    const container = { name, image, ...(name === 'client' && { command: ['/bin/sleep', '3650d'] }) };
    await waitUntil(
      'a new namespace to take pods',
      () =>
        client.create(pods, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, labels: { app: name } },
          spec: { containers: [container] },
        }),
      () => true,
      { ...WAIT, clock },
    );
  }
  for (const name of ['one', 'two']) {
    const spec = { type: 'LoadBalancer', selector: { app: 'server' }, ports: [{ port: PORT }] };
    await client.create(services, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
  }
  return await waitUntil(
    'pods and load balancers',
    async () => {
      const { items } = await client.list(pods);
      const ready = items.filter(({ status }) => hasCondition(status, 'Ready'));
      const address = ready.map(pod => (pod['status'] as { podIP?: string }).podIP).at(-1) ?? ''; // of a Pod
      const balancers = (await client.list(services)).items.flatMap(({ status }) => {
        // Of a Service.
        const { loadBalancer } = status as { loadBalancer?: { ingress?: readonly { ip: string }[] } };
        return (loadBalancer?.ingress ?? []).map(({ ip }) => ip);
      });
      return { ready: ready.length, address, balancers };
    },
    ({ ready, balancers }) => ready === 2 && balancers.length === 2,
    { ...WAIT, clock },
  );
}

async function unfurnish(client: KubernetesClient, { clock }: StartedPlatform): Promise<void> {
  const path = { apiVersion: 'v1', plural: 'namespaces', name: NAMESPACE };
  await client.delete(path);
  await waitUntil(
    'it to go',
    () => client.find(path),
    found => found === undefined,
    { ...WAIT, clock },
  );
}

/** @returns curl's exit code, in the client pod of a cluster */
async function curl(
  { clients, started }: Running,
  from: ClusterName,
  ...words: readonly string[]
): Promise<number> {
  const argv = ['curl', '-s', '-o', '/dev/null', '--max-time', '2', ...words];
  const { clock } = started;
  const outcome = await clients
    .get(from)
    ?.exec(NAMESPACE, 'client', 'client', argv, { clock, timeoutMs: 20_000 });
  return outcome?.exitCode ?? -1;
}

const pairs = ({ topology: { clusters } }: Running): readonly (readonly [ClusterName, ClusterName])[] =>
  clusters.flatMap(({ name: from }) =>
    clusters.flatMap(({ name: to }) => (from === to ? [] : [[from, to] as const])),
  );

const urlOf = (address: string | undefined): string => `http://${address}:${PORT}/hello`;
const serverIn = (kubeconfig: string): string => /server: (\S+)/.exec(kubeconfig)?.[1] ?? '';

function hasCondition(status: unknown, wanted: string): boolean {
  // Of a Pod or Node.
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
  return conditions.some(condition => condition.type === wanted && condition.status === 'True');
}
