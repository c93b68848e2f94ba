/** Endpoints of every service, in a shard for each cluster (pilot/pkg/model/endpointshards.go). */
import type { MeshConfig } from '../model/mesh-config.ts';
import type { IstioEndpoint } from '../model/mesh-model.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';

/** Shards belong to a cluster's id: of two registries with one id, the last to be read counts. */
export class EndpointShards {
  readonly #shards = new Map<string, Map<string, readonly IstioEndpoint[]>>();

  /** By hostname and cluster id. */
  all(): ReadonlyMap<string, ReadonlyMap<string, readonly IstioEndpoint[]>> {
    return this.#shards;
  }

  /** Returns a service's endpoints in all clusters, by cluster id. */
  endpoints(hostname: string): readonly IstioEndpoint[] {
    const shards = this.#shards.get(hostname);
    if (!shards) return [];
    return [...shards.keys()].sort().flatMap(clusterId => shards.get(clusterId) ?? []);
  }

  /** Lists the services that a registry has, then those that it had when it was last read. */
  *hostnamesOf(registry: ClusterRegistry): Iterable<string> {
    for (const { hostname } of registry.services()) yield hostname;
    for (const [hostname, shards] of this.#shards)
      if (shards.has(registry.clusterId) && !registry.service(hostname)) yield hostname;
  }

  /** Takes a service's endpoints from a registry; the shard goes if the registry has no such service. */
  read(registry: ClusterRegistry, hostname: string, mesh: MeshConfig): void {
    const endpoints = registry.endpointsOf(hostname, mesh);
    const shards = this.#shards.get(hostname) ?? new Map<string, readonly IstioEndpoint[]>();
    if (endpoints.length > 0 || registry.service(hostname)) shards.set(registry.clusterId, endpoints);
    else shards.delete(registry.clusterId);
    if (shards.size > 0) this.#shards.set(hostname, shards);
    else this.#shards.delete(hostname);
  }

  /** @returns the services that had a shard of the cluster */
  remove(clusterId: string): readonly string[] {
    const hostnames: string[] = [];
    for (const [hostname, shards] of this.#shards) if (shards.delete(clusterId)) hostnames.push(hostname);
    return hostnames;
  }
}
