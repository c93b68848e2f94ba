/** Real clusters in Docker: kind makes them, and this joins, routes and proves them, and takes everything away again. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import { CleanupStack } from '../../base/dispose.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { KubernetesClient, type KubernetesObject } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import { findProgram } from '../../process/find.ts';
import { installAdjustments, remoteSecretAdjustments } from '../adjustments.ts';
import { Bundle, describeClusters } from '../diagnostics.ts';
import { Ledger } from '../ledger.ts';
import type { Cluster, Finding, Platform, PlatformAdjustment, Programs, StartedPlatform } from '../platform.ts';
import { findIstio, findKind, findKubectl, type ProgramOptions } from '../programs.ts';
import { type VersionWindow, windowOf } from '../versions.ts';
import { createCluster, kindEnvironment } from './clusters.ts';
import { connectEngine, type Engine } from './engine.ts';
import { type ImageCache, loadArchives, startCache } from './images.ts';
import { isolationFaults, type Listener, probeIsolation } from './isolation.ts';
import { ownName } from './labels.ts';
import { AddressPool, serveLoadBalancers } from './load-balancer.ts';
import { createNetworks, type DockerNetworks } from './networks.ts';
import { addressForOthers, type KindNode, nodeContainers } from './nodes.ts';
import { judgeEngine, kindDoctor, sameEngine } from './preflight.ts';
import { setRoutes } from './routes.ts';

export interface KindOptions extends Omit<ProgramOptions, 'signal'> {
  /** Decides which Kubernetes and which Istio. */
  readonly edition: string;
  /** The folder of all runs' state. */
  readonly state: string;
  /** Lower-case letters and digits; made up by default. */
  readonly runId?: string;
  readonly imageArchives?: readonly string[];
  readonly noCache?: boolean;
  readonly hub?: string;
  readonly tag?: string;
  /** `values.…=…` for every `istioctl install`. */
  readonly set?: readonly string[];
  readonly loadBalancer?: string;
}

const API_PORT = 6443;
const READY_MS = 5 * 60_000;
const POLL_MS = 500;
const DNS_PORT = 8181;
const LOAD_BALANCERS = ['node-address'];

export class KindPlatform implements Platform {
  readonly name = 'kind';
  readonly clock = 'wall' as const;
  readonly capabilities = { realProxies: true, faults: false } as const;
  readonly #options: KindOptions;
  readonly #window: VersionWindow;

  /** @throws HarnessError ERR_UNKNOWN_EDITION, ERR_USAGE */
  constructor(options: KindOptions) {
    this.#options = options;
    this.#window = windowOf(options.edition);
    const { loadBalancer = 'node-address' } = options;
    if (!LOAD_BALANCERS.includes(loadBalancer)) {
      throw new HarnessError('ERR_USAGE', `There is no load balancer "${loadBalancer}" on kind.`, {
        hint: `Known: ${LOAD_BALANCERS.join(', ')}`,
      });
    }
  }

  async doctor(signal: AbortSignal): Promise<readonly Finding[]> {
    return await kindDoctor({ ...this.#options, signal, window: this.#window, connect: connectEngine });
  }

  async start(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    signal.throwIfAborted();
    const { state, runId = randomBytes(4).toString('hex') } = this.#options;
    const prepared = await this.#prepare(signal);
    const ledger = Ledger.open(state, runId, this.name);
    const start = new Start({
      ...prepared,
      topology,
      ledger,
      runId,
      options: this.#options,
      window: this.#window,
      signal,
    });
    try {
      return await start.run();
    } catch (error) {
      const left = await start.undo();
      if (error instanceof HarnessError || signal.aborted) throw error;
      throw new HarnessError(
        'ERR_PLATFORM_NOT_READY',
        `The kind clusters could not be brought up: ${messageOf(error)}${left}`,
        {
          hint: 'mesh-harness doctor --platform kind says what this machine lacks.',
          cause: error,
        },
      );
    }
  }

  /** Everything that can be known before something is made. */
  async #prepare(signal: AbortSignal): Promise<{ engine: Engine; programs: Programs; kind: string }> {
    const { path } = this.#options;
    const command = findProgram('docker', path);
    if (command === undefined)
      throw notReady([{ subject: 'engine', ok: false, found: 'no docker on PATH', fix: 'Install Docker.' }]);
    const options = { ...this.#options, signal };
    const [engine, kind, kubectl, istio] = await Promise.all([
      connectEngine(),
      findKind(options),
      findKubectl(this.#window.nodeVersion, options),
      findIstio(this.#window, options),
    ]);
    const info = await engine.info();
    const findings = [...judgeEngine(info).slice(0, 1), await sameEngine(command, info, signal)];
    if (findings.some(({ ok }) => !ok)) throw notReady(findings);
    return {
      engine,
      kind: kind.file,
      programs: { kubectl: kubectl.file, istioctl: istio.file, istioFolder: istio.folder, env: {} },
    };
  }
}

const notReady = (findings: readonly Finding[]): HarnessError => {
  const bad = findings.filter(({ ok }) => !ok);
  return new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    bad.map(({ subject, found }) => `${subject}: ${found}`).join('; '),
    {
      hint: bad.map(({ fix }) => fix ?? '').join(' '),
    },
  );
};

interface StartContext {
  readonly engine: Engine;
  readonly programs: Programs;
  readonly kind: string;
  readonly topology: Topology;
  readonly ledger: Ledger;
  readonly runId: string;
  readonly options: KindOptions;
  readonly window: VersionWindow;
  readonly signal: AbortSignal;
}

/** Bringing up, read from the top: networks, clusters side by side, transit, routes, the proof, load balancers. */
class Start {
  readonly #context: StartContext;
  readonly #cleanUp = new CleanupStack();
  readonly #clock: Clock = systemClock;
  readonly #clients = new Map<ClusterName, KubernetesClient>();
  readonly #stopped = new AbortController();
  readonly #trouble: string[] = [];
  #isKept = false;
  #undone: Promise<string> | undefined;

  constructor(context: StartContext) {
    this.#context = context;
  }

  async run(): Promise<StartedPlatform> {
    const { engine, ledger, runId, topology, options, kind, signal } = this.#context;
    const networks = await createNetworks(topology, { engine, ledger, cleanUp: this.#cleanUp, runId });
    const cache = await this.#startCache(networks);
    const kubeconfigs = await this.#createClusters(networks, cache);
    for (const [name, file] of kubeconfigs) this.#clients.set(name, new KubernetesClient(readFileSync(file, 'utf8')));
    this.#cleanUp.add('close the connections', () => {
      for (const client of this.#clients.values()) client.close();
    });
    const nodes = await this.#joinNodes(networks);
    await Promise.all([
      setRoutes(engine, nodes, topology.clusters),
      ...topology.clusters.map(({ name, network }) =>
        loadArchives(kind, ownName(runId, name), options.imageArchives ?? [], {
          env: kindEnvironment(runId, networks.ofTopology.get(network)?.name ?? ''),
          signal,
        }),
      ),
    ]);
    await this.#prove(nodes);
    this.#serveLoadBalancers(networks, nodes);
    return this.#started(nodes, kubeconfigs, networks);
  }

  /** @returns what is left, for a message; empty if everything is gone */
  undo(): Promise<string> {
    this.#undone ??= this.#undo();
    return this.#undone;
  }

  async #undo(): Promise<string> {
    const { ledger } = this.#context;
    this.#stopped.abort();
    try {
      await this.#cleanUp[Symbol.asyncDispose]();
      ledger.remove();
      return '';
    } catch (error) {
      ledger.close();
      const failures = error instanceof AggregateError ? error.errors.map(messageOf) : [messageOf(error)];
      return ` Not everything was removed (mesh-harness clean tries again): ${failures.join('; ')}`;
    }
  }

  async #startCache({ ofTopology }: DockerNetworks): Promise<ImageCache | undefined> {
    const { engine, options, ledger } = this.#context;
    if (options.noCache) return undefined;
    const folder = join(ledger.folder, 'certs.d');
    const onTrouble = (message: string) => this.#tell(message);
    const cache = await startCache(engine, { folder, offline: options.offline, onTrouble });
    for (const container of cache?.containers ?? []) {
      for (const { name } of ofTopology.values()) await engine.connect(name, container);
    }
    return cache;
  }

  /** Side by side. The first that fails ends the others, and all that failed by themselves are told. */
  async #createClusters(
    { ofTopology, transit }: DockerNetworks,
    cache: ImageCache | undefined,
  ): Promise<ReadonlyMap<ClusterName, string>> {
    const { topology, window, signal, runId } = this.#context;
    const controller = new AbortController();
    const both = AbortSignal.any([signal, controller.signal]);
    const addresses = fixedAddresses(topology.clusters, transit?.nodes ?? []);
    const attempts = await Promise.allSettled(
      topology.clusters.map(async spec => {
        const name = ownName(runId, spec.name);
        const network = ofTopology.get(spec.network);
        if (!network) throw new Error(`${spec.network} is no network of this topology.`);
        try {
          const config = {
            name,
            spec,
            nodeImage: window.nodeImage,
            transitAddresses: addresses.get(spec.name)?.slice(0, 1) ?? [],
            ...(cache && { mirrors: cache.folder }),
            needsMirrorPatch: window.needsMirrorPatch,
          };
          const kubeconfig = await createCluster(config, {
            ...this.#context,
            cleanUp: this.#cleanUp,
            clock: this.#clock,
            network: network.name,
            signal: both,
            onProgress: message => this.#tell(`${spec.name}: ${message.trim()}`),
          });
          return [spec.name, kubeconfig] as const;
        } catch (error) {
          // Those that end because of this one have nothing of their own to tell.
          if (!both.aborted || error instanceof HarnessError) controller.abort(error);
          throw error;
        }
      }),
    );
    signal.throwIfAborted();
    const failures = attempts.flatMap(attempt => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []));
    const own = [...new Set(failures)].filter(failure => failure instanceof HarnessError);
    if (failures.length > 0) {
      const [first] = own.length > 0 ? own : failures;
      throw own.length > 1 ? new HarnessError('ERR_PLATFORM_NOT_READY', own.map(messageOf).join('\n')) : first;
    }
    return new Map(attempts.flatMap(attempt => (attempt.status === 'fulfilled' ? [attempt.value] : [])));
  }

  /** The transit network comes last: kind reads a node's one address while it creates, and stumbles over two. */
  async #joinNodes({ ofTopology, transit }: DockerNetworks): Promise<readonly KindNode[]> {
    const { engine, topology, runId } = this.#context;
    const fixed = fixedAddresses(topology.clusters, transit?.nodes ?? []);
    const perCluster = await Promise.all(
      topology.clusters.map(async spec => {
        const containers = await nodeContainers(engine, ownName(runId, spec.name));
        const network = ofTopology.get(spec.network)?.name ?? '';
        if (transit) {
          await Promise.all(
            containers.map(({ name }, index) => engine.connect(transit.name, name, fixed.get(spec.name)?.[index])),
          );
        }
        const ranges = await this.#waitForNodes(
          spec.name,
          containers.map(({ name }) => name),
        );
        return containers.map(({ name, addresses }, index): KindNode => {
          const transitAddress = fixed.get(spec.name)?.[index];
          return {
            container: name,
            cluster: spec.name,
            network: spec.network,
            isControlPlane: index === 0,
            address: addresses[network] ?? '',
            ...(transitAddress !== undefined && { transitAddress }),
            podCidr: ranges.get(name) ?? '',
          };
        });
      }),
    );
    return perCluster.flat();
  }

  /** kind only warns when a control plane does not become ready; a run must not start then. */
  async #waitForNodes(cluster: ClusterName, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { signal } = this.#context;
    const client = this.#client(cluster);
    return await waitUntil(
      `the nodes of ${cluster} to be ready`,
      async () => {
        const { items } = await client.list({ apiVersion: 'v1', plural: 'nodes' }, {}, signal);
        return new Map(
          items.flatMap(node => (isReady(node) ? [[node.metadata.name ?? '', podCidrOf(node)] as const] : [])),
        );
      },
      ready => names.length > 0 && names.every(name => (ready.get(name) ?? '') !== ''),
      {
        timeoutMs: READY_MS,
        intervalMs: POLL_MS,
        clock: this.#clock,
        signal,
        describe: ready => `ready: ${[...(ready as ReadonlyMap<string, string>).keys()].join(', ')}`,
      },
    );
  }

  async #prove(nodes: readonly KindNode[]): Promise<void> {
    const { engine, topology } = this.#context;
    const listeners = new Map(
      await Promise.all(topology.clusters.map(async ({ name }) => [name, await this.#nameServer(name)] as const)),
    );
    const faults = isolationFaults(await probeIsolation({ engine, nodes, listeners }));
    if (faults.length === 0) return;
    throw new HarnessError(
      'ERR_PLATFORM_NOT_READY',
      `The networks are not what the scenario asks for: ${faults.join('; ')}`,
      {
        hint: 'Docker keeps networks apart by the packet filter of the host: is another program changing its rules? mesh-harness doctor says more.',
      },
    );
  }

  /** A pod that answers HTTP in every cluster: the name server's readiness, by the Endpoints of its Service. */
  async #nameServer(cluster: ClusterName): Promise<Listener> {
    const { signal } = this.#context;
    const address = await waitUntil(
      `the name server of ${cluster} to be ready`,
      async () => {
        const endpoints = await this.#client(cluster).get(
          { apiVersion: 'v1', plural: 'endpoints', namespace: 'kube-system', name: 'kube-dns' },
          signal,
        );
        // Endpoints.
        const subsets = (endpoints['subsets'] ?? []) as readonly {
          readonly addresses?: readonly { readonly ip: string }[];
        }[];
        return subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))[0] ?? '';
      },
      ip => ip !== '',
      { timeoutMs: READY_MS, intervalMs: POLL_MS, clock: this.#clock, signal },
    );
    return { address, port: DNS_PORT };
  }

  #serveLoadBalancers({ ofTopology, transit }: DockerNetworks, nodes: readonly KindNode[]): void {
    const { engine, topology } = this.#context;
    const pools = new Map(
      [...ofTopology].map(([name, network]) => [name, new AddressPool((transit ?? network).balancers)] as const),
    );
    const shared = transit && new AddressPool(transit.balancers);
    const servers = topology.clusters.map(({ name, network }) => {
      const head = nodes.find(node => node.cluster === name && node.isControlPlane);
      const pool = shared ?? pools.get(network);
      if (!head || !pool) throw new Error(`${name} has no node.`);
      return serveLoadBalancers({
        engine,
        client: this.#client(name),
        container: head.container,
        nodeAddress: addressForOthers(head),
        pool,
        clock: this.#clock,
        signal: this.#stopped.signal,
        onTrouble: message => this.#tell(`${name}: load balancers: ${message}`),
      });
    });
    this.#cleanUp.add('stop serving load balancers', async () => {
      this.#stopped.abort();
      await Promise.all(servers);
    });
  }

  #started(
    nodes: readonly KindNode[],
    kubeconfigs: ReadonlyMap<ClusterName, string>,
    networks: DockerNetworks,
  ): StartedPlatform {
    const { topology, programs, options, ledger, engine, runId } = this.#context;
    const clusters = new Map(
      topology.clusters.map(({ name }): [ClusterName, Cluster] => {
        const text = readFileSync(kubeconfigs.get(name) ?? '', 'utf8');
        const head = nodes.find(node => node.cluster === name && node.isControlPlane);
        const inner = `https://${head ? addressForOthers(head) : ''}:${API_PORT}`;
        return [
          name,
          {
            name,
            kubeconfig: from => (from === 'this-machine' ? text : text.replace(/(server: )https:\S+/, `$1${inner}`)),
          },
        ];
      }),
    );
    const servers = new Map(
      nodes
        .filter(({ isControlPlane }) => isControlPlane)
        .map(node => [node.cluster, `https://${addressForOthers(node)}:${API_PORT}`] as const),
    );
    const adjustments: readonly PlatformAdjustment[] = [
      ...remoteSecretAdjustments(servers, "its kubeconfig names this machine's loopback, which pods can not reach"),
      ...installAdjustments(
        topology.clusters.map(({ name }) => name),
        { lowRequests: true, ...options },
      ),
    ];
    return {
      clusters,
      clock: this.#clock,
      adjustments,
      programs,
      collectDiagnostics: async folder => {
        const bundle = new Bundle(folder);
        await describeClusters(bundle, clusters.values(), programs, cluster => kubeconfigs.get(cluster.name));
        await bundle.add('harness.log', async () => `${this.#trouble.join('\n')}\n`);
        await bundle.add(
          'networks.json',
          async () =>
            `${JSON.stringify({ networks: await engine.networks(), nodes, ...networks, ofTopology: [...networks.ofTopology] }, undefined, 1)}\n`,
        );
        for (const { container } of nodes) {
          await bundle.add(
            `nodes/${container}-routes.txt`,
            async () => (await engine.exec(container, ['ip', 'route'])).output,
          );
        }
      },
      keep: () => {
        this.#isKept = true;
        ledger.write({ type: 'kept' });
        return [
          ...[...kubeconfigs].map(([name, file]) => `${name}: kubectl --kubeconfig ${file} get pods -A`),
          `Run ${runId} is kept; new load balancers get no addresses any more. To remove it: mesh-harness clean`,
        ];
      },
      [Symbol.asyncDispose]: async () => {
        if (this.#isKept) this.#undone ??= this.#letGo();
        const left = await this.undo();
        if (left !== '') throw new Error(left.trim());
      },
    };
  }

  /** Ends what this process holds, and leaves the rest. */
  async #letGo(): Promise<string> {
    this.#stopped.abort();
    for (const client of this.#clients.values()) client.close();
    this.#context.ledger.close();
    return '';
  }

  #client(cluster: ClusterName): KubernetesClient {
    const client = this.#clients.get(cluster);
    if (!client) throw new Error(`${cluster} has no connection.`);
    return client;
  }

  #tell(message: string): void {
    this.#trouble.push(message);
    this.#context.options.onProgress?.(message);
  }
}

/** Each node's fixed address on the transit network, by cluster, the control plane's first. */
function fixedAddresses(
  clusters: readonly ClusterSpec[],
  addresses: readonly string[],
): ReadonlyMap<ClusterName, readonly string[]> {
  let next = 0;
  const fixed = new Map<ClusterName, readonly string[]>();
  for (const { name, nodes } of clusters) {
    fixed.set(name, addresses.slice(next, next + nodes));
    next += nodes;
  }
  if (addresses.length > 0 && next > addresses.length) {
    throw new HarnessError(
      'ERR_PLATFORM_NOT_READY',
      `${next} nodes are more than the ${addresses.length} that a transit network is laid out for.`,
    );
  }
  return fixed;
}

function isReady(node: KubernetesObject): boolean {
  // A NodeStatus.
  const { conditions = [] } = (node['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function podCidrOf(node: KubernetesObject): string {
  return ((node['spec'] ?? {}) as { readonly podCIDR?: string }).podCIDR ?? ''; // a NodeSpec
}
