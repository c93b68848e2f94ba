/**
 * What the stand-in for kind makes beside its containers: simulated clusters whose API servers listen on
 * loopback, one world for each run.
 */
import { systemClock } from '../../../harness/base/clock.ts';
import { CleanupStack } from '../../../harness/base/dispose.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../harness/base/random.ts';
import type { Topology } from '../../../harness/model/topology.ts';
import { ownName } from '../../../harness/platform/kind/labels.ts';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import { type SimulatedCluster, startCluster } from '../../../harness/simulator/kubernetes/cluster.ts';
import type { NetworkNamespace } from '../../../harness/simulator/network/interfaces.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';

/** As kind's configuration has it. */
export interface WantedCluster {
  readonly name: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly nodes: number;
  /** `apiServer.certSANs`, and what kubeadm adds: the node's own address. */
  readonly certificateNames: readonly string[];
  /** Of the control plane's container. */
  readonly addresses: readonly string[];
}

interface RunWorld {
  readonly network: VirtualNetwork;
  readonly machine: NetworkNamespace;
  /** Of nodes. */
  readonly addresses: Set<string>;
  readonly clusters: Map<string, Promise<StandInCluster>>;
}

export interface StandInCluster {
  readonly simulated: SimulatedCluster;
  /** For programs on this machine: kind's published port. */
  readonly kubeconfig: string;
}

export class StandInClusters implements AsyncDisposable {
  readonly #topology: Topology;
  /** Set where no registry can be asked: what `kind load` has brought to each cluster's nodes. */
  #loaded: Map<string, Set<string>> | undefined;
  readonly #runs = new Map<string, RunWorld>();
  readonly #cleanUp = new CleanupStack();

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  /** Cuts the nodes off from every registry: they have what archives bring from then on (real-kind-2026-11 D1). */
  cutRegistries(): void {
    this.#loaded = new Map();
  }

  /** Notes what an archive has brought to the nodes of a cluster: whole references, with registry and tag. */
  load(name: string, references: readonly string[]): void {
    const known = this.#loaded?.get(name) ?? new Set();
    this.#loaded?.set(name, new Set([...known, ...references]));
  }

  /** A cluster is made once; a creation that is repeated finds it. */
  create(wanted: WantedCluster): Promise<StandInCluster> {
    const world = this.#worldOf(wanted.name);
    const known = world.clusters.get(wanted.name);
    const cluster = known ?? this.#start(world, wanted);
    world.clusters.set(wanted.name, cluster);
    return cluster;
  }

  /** @throws Error if it was never created */
  async get(name: string): Promise<StandInCluster> {
    const cluster = this.#worldOf(name).clusters.get(name);
    if (!cluster) throw new Error(`The stand-in for kind has not made ${name}.`);
    return await cluster;
  }

  /**
   * This machine, as it stands to the network on which a node has that address.
   * @throws Error if there is none
   */
  machineWith(address: string): NetworkNamespace {
    for (const { machine, addresses } of this.#runs.values()) if (addresses.has(address)) return machine;
    throw new Error(`No node of the stand-ins has the address ${address}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanUp[Symbol.asyncDispose]();
  }

  #worldOf(name: string): RunWorld {
    const runId = /^mh-([a-z0-9]+)-/.exec(name)?.[1] ?? '';
    const known = this.#runs.get(runId);
    if (known) return known;
    const network = new VirtualNetwork({
      clock: systemClock,
      random: createRandom(runId),
      // Addresses that others are given are Docker's; these are seen by no one.
      networks: this.#topology.networks.map((each, index) => ({
        name: each.name,
        range: `100.64.${index}.0/24`,
      })),
    });
    const world = {
      network,
      machine: network.addMachine('workstation'),
      addresses: new Set<string>(),
      clusters: new Map(),
    };
    this.#runs.set(runId, world);
    return world;
  }

  async #start({ network, addresses: taken }: RunWorld, wanted: WantedCluster): Promise<StandInCluster> {
    const { name, podSubnet, serviceSubnet, nodes, certificateNames, addresses } = wanted;
    const spec = this.#topology.clusters.find(
      each => name === ownName(/^mh-([a-z0-9]+)-/.exec(name)?.[1] ?? '', each.name),
    );
    if (!spec) throw new Error(`${name} is no cluster of ${this.#topology.name}.`);
    const isAddress = (text: string) => /^\d+\.\d+\.\d+\.\d+$/.test(text) && text !== '127.0.0.1';
    const reachable = [...certificateNames, ...addresses].filter(isAddress);
    const simulated = await startCluster({
      name,
      nodes,
      podRange: podSubnet,
      serviceRange: serviceSubnet,
      network: network.addCluster({
        name,
        network: spec.network,
        podRange: podSubnet,
        serviceRange: serviceSubnet,
      }),
      clock: systemClock,
      random: createRandom(name),
      images: createImageCatalog(),
      ...(this.#loaded && { isOnNodes: reference => this.#loaded?.get(name)?.has(reference) === true }),
      certificateAddresses: reachable,
      version: 'v1.32.4',
      hasLoadBalancers: false,
    });
    this.#cleanUp.add(`stop ${name}`, () => simulated.stop());
    for (const address of reachable) {
      network.addNodeAddress(name, address);
      taken.add(address);
    }
    const port = await simulated.listen(0, '127.0.0.1');
    const kubeconfig = simulated.kubeconfig(`https://127.0.0.1:${port}`);
    this.#followLoadBalancers(network, name, kubeconfig);
    return { simulated, kubeconfig };
  }

  /**
   * An address in a Service's status is one that the platform has put on the node: the real kube-proxy and
   * the real kernel serve it then.
   */
  #followLoadBalancers(network: VirtualNetwork, cluster: string, kubeconfig: string): void {
    const client = new KubernetesClient(kubeconfig);
    const controller = new AbortController();
    const known = new Set<string>();
    void client
      .watch(
        { apiVersion: 'v1', plural: 'services' },
        {},
        ({ object }) => {
          // A ServiceStatus.
          const { loadBalancer } = (object['status'] ?? {}) as {
            loadBalancer?: { ingress?: { ip?: string }[] };
          };
          for (const { ip } of loadBalancer?.ingress ?? []) {
            if (ip === undefined || known.has(ip)) continue;
            known.add(ip);
            network.addNodeAddress(cluster, ip);
          }
        },
        controller.signal,
      )
      .catch(() => {}); // it ends with its cluster
    this.#cleanUp.add(`stop following ${cluster}`, () => {
      controller.abort();
      client.close();
    });
  }
}
