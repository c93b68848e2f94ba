/** The mesh as istiod knows it, over all of its registries: merged services, endpoint shards, gateways. */
import type { IstioBehaviour } from '../../behaviour.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import type { IstioEndpoint } from '../model/mesh-model.ts';
import type { NetworkGateways } from '../model/network-of.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';
import { EndpointShards } from './endpoint-shards.ts';
import type { ExternalService } from './external-services.ts';
import { GatewayDiscovery, type NamedGateways } from './gateway-discovery.ts';
import { type MeshService, mergeService } from './mesh-service.ts';

/** What an update changed. */
export interface MeshChange {
  readonly hostnames: ReadonlySet<string>;
  /** Gateways, networks or the mesh's configuration: every view of endpoints may differ. */
  readonly everything: boolean;
}

/** pilot/pkg/serviceregistry/aggregate/controller.go, pilot/pkg/model/push_context.go */
export class MeshState {
  readonly #domain: string;
  readonly #localClusterId: string;
  readonly #revision: string;
  readonly #registries: ClusterRegistry[] = [];
  readonly #shards = new EndpointShards();
  readonly #services = new Map<string, MeshService>();
  /**
   * Registry → the hostnames to read again, in the order of the news; `all` stands for each of them.
   */
  readonly #dirty = new Map<ClusterRegistry, Set<string> | 'all'>();
  readonly #removedClusters = new Set<string>();
  /** By host name. */
  #external: ReadonlyMap<string, ExternalService> = new Map();
  readonly #dirtyHosts = new Set<string>();
  readonly #gateways: GatewayDiscovery;
  #mesh: MeshConfig;
  #isMeshChanged = false;
  #sortedServices: readonly MeshService[] | undefined;

  constructor(options: {
    readonly behaviour: IstioBehaviour;
    readonly domain: string;
    readonly localClusterId: string;
    readonly revision: string;
    readonly mesh: MeshConfig;
    /** Looks the host names of gateways up. */
    readonly names: NamedGateways;
  }) {
    this.#domain = options.domain;
    this.#localClusterId = options.localClusterId;
    this.#revision = options.revision;
    this.#mesh = options.mesh;
    this.#gateways = new GatewayDiscovery(options.behaviour, options.names);
  }

  get mesh(): MeshConfig {
    return this.#mesh;
  }

  get gateways(): NetworkGateways {
    return this.#gateways.gateways;
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

  /** Finds the registry that speaks for a cluster: the first of its id. */
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

  /** Returns the endpoints of a service in all clusters, by cluster id. */
  endpoints(hostname: string): readonly IstioEndpoint[] {
    const known = this.#shards.endpoints(hostname);
    const external = this.#external.get(hostname);
    if (!external) return known;
    // What the API servers know wins over a ServiceEntry of another namespace.
    const { service } = external;
    const isOther = service && this.#services.get(hostname)?.namespace !== service.namespace;
    return isOther ? known : [...known, ...external.endpoints];
  }

  /** Whether proxies look up hosts of a service by themselves. */
  get looksUpNames(): boolean {
    return [...this.#external.values()].some(({ service }) =>
      service?.external?.resolution.startsWith('DNS'),
    );
  }

  /** Takes the services out of ServiceEntries and WorkloadEntries. */
  setExternal(external: ReadonlyMap<string, ExternalService>): void {
    for (const hostname of new Set([...this.#external.keys(), ...external.keys()]))
      if (JSON.stringify(this.#external.get(hostname)) !== JSON.stringify(external.get(hostname)))
        this.#dirtyHosts.add(hostname);
    this.#external = external;
  }

  /** Returns the shards by hostname and cluster id. */
  shards(): ReadonlyMap<string, ReadonlyMap<string, readonly IstioEndpoint[]>> {
    return this.#shards.all();
  }

  /** Ends what it does by itself. */
  close(): void {
    this.#gateways.close();
  }

  /** Brings the model up to date with what was marked. */
  async update(): Promise<MeshChange> {
    const hostnames = new Set(this.#dirtyHosts);
    this.#dirtyHosts.clear();
    for (const clusterId of this.#removedClusters) {
      for (const hostname of this.#shards.remove(clusterId)) hostnames.add(hostname);
      // Another registry of the same id has its own endpoints still.
      for (const registry of this.#registries)
        if (registry.clusterId === clusterId) this.#dirty.set(registry, 'all');
      for (const service of this.#services.values())
        if (service.clusterIps.has(clusterId)) hostnames.add(service.hostname);
    }
    this.#removedClusters.clear();
    if (this.#isMeshChanged) for (const registry of this.#registries) this.#dirty.set(registry, 'all');
    for (const [registry, marked] of this.#dirty) {
      for (const hostname of marked === 'all' ? this.#shards.hostnamesOf(registry) : marked) {
        hostnames.add(hostname);
        this.#shards.read(registry, hostname, this.#mesh);
      }
    }
    this.#dirty.clear();
    for (const hostname of hostnames) this.#mergeService(hostname);
    const isOther = await this.#gateways.read(this.#registries, this.#mesh);
    const everything = isOther || this.#isMeshChanged;
    this.#isMeshChanged = false;
    return { hostnames, everything };
  }

  #mergeService(hostname: string): void {
    this.#sortedServices = undefined;
    const merged = mergeService(this.#registries, hostname, {
      localClusterId: this.#localClusterId,
      domain: this.#domain,
      revision: this.#revision,
      clusterLocal: this.#mesh.clusterLocal,
    });
    const service = merged ?? this.#external.get(hostname)?.service;
    if (service) this.#services.set(hostname, service);
    else this.#services.delete(hostname);
  }
}
