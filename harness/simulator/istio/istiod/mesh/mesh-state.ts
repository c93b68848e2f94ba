/** The mesh as istiod knows it, over all of its registries: merged services, endpoint shards, gateways. */
import { isIPv4 } from 'node:net';
import type { IstioBehaviour } from '../../behaviour.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import type { IstioEndpoint, RegistryService } from '../model/mesh-model.ts';
import { discoverGateways, NetworkGateways } from '../model/network-of.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';
import type { MeshService } from './mesh-service.ts';

/** What an update changed. */
export interface MeshChange {
  readonly hostnames: ReadonlySet<string>;
  /** Gateways, networks or the mesh's configuration: every view of endpoints may differ. */
  readonly everything: boolean;
}

type Shards = Map<string, readonly IstioEndpoint[]>;

/** pilot/pkg/serviceregistry/aggregate/controller.go, pilot/pkg/model/push_context.go */
export class MeshState {
  readonly #behaviour: IstioBehaviour;
  readonly #domain: string;
  readonly #localClusterId: string;
  readonly #registries: ClusterRegistry[] = [];
  readonly #shards = new Map<string, Shards>();
  readonly #services = new Map<string, MeshService>();
  /**
   * Registry → the hostnames to read again; `all` stands for each of them. In the order in which they were
   * told.
   */
  readonly #dirty = new Map<ClusterRegistry, Set<string> | 'all'>();
  readonly #removedClusters = new Set<string>();
  readonly #resolve: (host: string) => Promise<readonly string[]>;
  #resolved: ReadonlyMap<string, readonly string[]> = new Map();
  #mesh: MeshConfig;
  #isMeshChanged = false;
  #sortedServices: readonly MeshService[] | undefined;
  #gateways = new NetworkGateways([]);

  constructor(options: {
    readonly behaviour: IstioBehaviour;
    readonly domain: string;
    readonly localClusterId: string;
    readonly mesh: MeshConfig;
    /** Looks a gateway's host name up. */
    readonly resolve: (host: string) => Promise<readonly string[]>;
  }) {
    this.#behaviour = options.behaviour;
    this.#domain = options.domain;
    this.#localClusterId = options.localClusterId;
    this.#mesh = options.mesh;
    this.#resolve = options.resolve;
  }

  get mesh(): MeshConfig {
    return this.#mesh;
  }

  get gateways(): NetworkGateways {
    return this.#gateways;
  }

  get registries(): readonly ClusterRegistry[] {
    return this.#registries;
  }

  /** By hostname. */
  get services(): readonly MeshService[] {
    this.#sortedServices ??= [...this.#services.keys()]
      .sort()
      .map(host => this.#services.get(host) as MeshService); // keys of this very map
    return this.#sortedServices;
  }

  service(hostname: string): MeshService | undefined {
    return this.#services.get(hostname);
  }

  /** The registry that speaks for a cluster: the first of its id. */
  registry(clusterId: string): ClusterRegistry | undefined {
    return this.#registries.find(registry => registry.clusterId === clusterId);
  }

  setMesh(mesh: MeshConfig): void {
    this.#mesh = mesh;
    this.#isMeshChanged = true;
  }

  addRegistry(registry: ClusterRegistry): void {
    this.#registries.push(registry);
    this.#dirty.set(registry, 'all');
  }

  removeRegistry(registry: ClusterRegistry): void {
    const at = this.#registries.indexOf(registry);
    if (at >= 0) this.#registries.splice(at, 1);
    this.#dirty.delete(registry);
    // Shards belong to the id, not to the registry: of two registries with one id, either takes them away
    // (I6).
    this.#removedClusters.add(registry.clusterId);
  }

  /** Puts a new registry in the place of one with the same cluster, without a moment without endpoints. */
  replaceRegistry(before: ClusterRegistry, now: ClusterRegistry): void {
    const at = this.#registries.indexOf(before);
    if (at < 0) this.#registries.push(now);
    else this.#registries[at] = now;
    this.#dirty.delete(before);
    this.#dirty.set(now, 'all');
  }

  markDirty(registry: ClusterRegistry, hostname: string | undefined): void {
    const known = this.#dirty.get(registry);
    if (known === 'all') return;
    if (hostname === undefined) this.#dirty.set(registry, 'all');
    else if (known) known.add(hostname);
    else this.#dirty.set(registry, new Set([hostname]));
  }

  /** Endpoints of a service in all clusters, by cluster id. */
  endpoints(hostname: string): readonly IstioEndpoint[] {
    const shards = this.#shards.get(hostname);
    if (!shards) return [];
    return [...shards.keys()].sort().flatMap(clusterId => shards.get(clusterId) ?? []);
  }

  shards(): ReadonlyMap<string, ReadonlyMap<string, readonly IstioEndpoint[]>> {
    return this.#shards;
  }

  /** Brings the model up to date with what was marked. */
  async update(): Promise<MeshChange> {
    const hostnames = new Set<string>();
    for (const clusterId of this.#removedClusters) {
      for (const [hostname, shards] of this.#shards) if (shards.delete(clusterId)) hostnames.add(hostname);
      // Another registry of the same id has its own endpoints still.
      for (const registry of this.#registries)
        if (registry.clusterId === clusterId) this.#dirty.set(registry, 'all');
      for (const service of this.#services.values())
        if (service.clusterIps.has(clusterId)) hostnames.add(service.hostname);
    }
    this.#removedClusters.clear();
    if (this.#isMeshChanged) for (const registry of this.#registries) this.#dirty.set(registry, 'all');
    for (const [registry, marked] of this.#dirty) {
      for (const hostname of marked === 'all' ? this.#hostnamesOf(registry) : marked) {
        hostnames.add(hostname);
        this.#readShard(registry, hostname);
      }
    }
    this.#dirty.clear();
    for (const hostname of hostnames) this.#mergeService(hostname);
    const everything = (await this.#readGateways()) || this.#isMeshChanged;
    this.#isMeshChanged = false;
    return { hostnames, everything };
  }

  *#hostnamesOf(registry: ClusterRegistry): Iterable<string> {
    for (const { hostname } of registry.services()) yield hostname;
    for (const [hostname, shards] of this.#shards)
      if (shards.has(registry.clusterId) && !registry.service(hostname)) yield hostname;
  }

  #readShard(registry: ClusterRegistry, hostname: string): void {
    const endpoints = registry.endpointsOf(hostname, this.#mesh);
    const shards = this.#shards.get(hostname) ?? new Map<string, readonly IstioEndpoint[]>();
    if (endpoints.length > 0 || registry.service(hostname)) shards.set(registry.clusterId, endpoints);
    else shards.delete(registry.clusterId);
    if (shards.size > 0) this.#shards.set(hostname, shards);
    else this.#shards.delete(hostname);
  }

  #mergeService(hostname: string): void {
    this.#sortedServices = undefined;
    const found = this.#registries.flatMap(registry => {
      const service = registry.service(hostname);
      return service ? [{ clusterId: registry.clusterId, service }] : [];
    });
    const base = found.find(({ clusterId }) => clusterId === this.#localClusterId) ?? found[0];
    if (!base) {
      this.#services.delete(hostname);
      return;
    }
    const { name, namespace, ports, isHeadless, externalName } = base.service;
    this.#services.set(hostname, {
      hostname,
      name,
      namespace,
      ports,
      isHeadless,
      isExternalName: externalName !== undefined,
      isClusterLocal: this.#isClusterLocal(base.service),
      clusterIps: new Map(found.map(({ clusterId, service }) => [clusterId, service.clusterIp])),
      defaultClusterIp: base.service.clusterIp,
    });
  }

  /** pilot/pkg/model/push_context.go, defaultClusterLocalNamespaces and -Services; istiod's own since 1.8. */
  #isClusterLocal({ hostname, namespace }: RegistryService): boolean {
    return (
      namespace === 'kube-system' ||
      hostname === `kubernetes.default.svc.${this.#domain}` ||
      hostname === `istiod.istio-system.svc.${this.#domain}`
    );
  }

  async #readGateways(): Promise<boolean> {
    let gateways = discoverGateways(this.#behaviour, this.#mesh, this.#registries, this.#resolved);
    if (this.#behaviour.resolvesHostnameGateways) {
      const hosts = this.#registries.flatMap(registry =>
        [...registry.labelledServices()].flatMap(({ externalAddresses }) =>
          externalAddresses.filter(address => !isIPv4(address)),
        ),
      );
      const answers = await Promise.all(
        hosts.map(async host => [host, await this.#resolve(host).catch(() => [])] as const),
      );
      this.#resolved = new Map(answers);
      if (hosts.length > 0)
        gateways = discoverGateways(this.#behaviour, this.#mesh, this.#registries, this.#resolved);
    }
    if (gateways.fingerprint === this.#gateways.fingerprint) return false;
    this.#gateways = gateways;
    return true;
  }
}
