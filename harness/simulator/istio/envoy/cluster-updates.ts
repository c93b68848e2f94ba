/** What CDS and EDS pushes do: the clusters that run, with the endpoints that were pushed for them. */
import type { Cluster, ClusterLoadAssignment } from '../xds/resources.ts';
import type { EnvoyEnvironment } from './environment/environment.ts';
import { UpstreamCluster } from './upstream/upstream-cluster.ts';
import { duplicateName, faultOfAssignment, faultOfCluster } from './validation.ts';

/**
 * Holds the clusters of one proxy. Like Envoy, it uses the valid resources of a push that has invalid ones.
 */
export class ClusterUpdates {
  readonly #environment: EnvoyEnvironment;
  readonly #clusters = new Map<string, UpstreamCluster>();
  /** By cluster; some come before their cluster. */
  readonly #assignments = new Map<string, ClusterLoadAssignment>();

  constructor(environment: EnvoyEnvironment) {
    this.#environment = environment;
  }

  /** In the order of the last push. */
  get clusters(): readonly UpstreamCluster[] {
    return [...this.#clusters.values()];
  }

  get areWarm(): boolean {
    return [...this.#clusters.values()].every(({ isWarm }) => isWarm);
  }

  /** @returns undefined also for a cluster whose endpoints are still to come */
  findWarm(name: string): UpstreamCluster | undefined {
    const cluster = this.#clusters.get(name);
    return cluster?.isWarm ? cluster : undefined;
  }

  /** @returns why Envoy refuses the push, or undefined if it accepts it */
  applyClusters(configs: readonly Cluster[]): string | undefined {
    const duplicate = duplicateName(configs.map(({ name }) => name));
    if (duplicate !== undefined)
      return `Error adding/updating cluster(s) ${duplicate}: duplicate cluster ${duplicate} found`;
    const faults: string[] = [];
    const before = new Map(this.#clusters);
    this.#clusters.clear();
    for (const config of configs) {
      const known = before.get(config.name);
      before.delete(config.name);
      const fault = faultOfCluster(config);
      if (fault !== undefined) {
        faults.push(`${config.name}: ${fault}`);
        if (known) this.#clusters.set(config.name, known);
        continue;
      }
      known?.update(config);
      const cluster = known ?? new UpstreamCluster(this.#environment, config);
      const early = this.#assignments.get(config.name);
      if (early && !known) cluster.setEndpoints(early);
      this.#clusters.set(config.name, cluster);
    }
    for (const gone of before.values()) {
      gone.close();
      this.#assignments.delete(gone.name);
    }
    return faults.length > 0 ? `Error adding/updating cluster(s) ${faults.join(', ')}` : undefined;
  }

  /** @returns why Envoy refuses the push, or undefined if it accepts it */
  applyAssignments(assignments: readonly ClusterLoadAssignment[]): string | undefined {
    const faults: string[] = [];
    for (const assignment of assignments) {
      const fault = faultOfAssignment(assignment);
      if (fault !== undefined) {
        faults.push(fault);
        continue;
      }
      this.#assignments.set(assignment.clusterName, assignment);
      this.#clusters.get(assignment.clusterName)?.setEndpoints(assignment);
    }
    // source/common/upstream/eds.cc, onConfigUpdate @v1.16.0: a cluster that an answer leaves out has no
    // endpoints, and waits no longer.
    for (const cluster of this.#clusters.values()) {
      if (!cluster.isWarm && cluster.config.type === 'EDS')
        cluster.setEndpoints({ clusterName: cluster.name, endpoints: [] });
    }
    return faults.length > 0 ? faults.join(', ') : undefined;
  }

  /** The assignment that a cluster uses, or will when it comes. */
  assignmentOf(cluster: string): ClusterLoadAssignment | undefined {
    return this.#assignments.get(cluster);
  }

  close(): void {
    for (const cluster of this.#clusters.values()) cluster.close();
  }
}
