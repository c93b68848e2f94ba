/**
 * The Envoy stand-in: takes resources from the discovery stream and runs clusters and listeners out of them.
 * It knows nothing else.
 */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import type { EnvoyWording } from '../behaviour.ts';
import type {
  ClusterLoadAssignment,
  DiscoveredFilter,
  ResourceType,
  ResourceUpdate,
} from '../xds/resources.ts';
import type { RouteConfiguration } from '../xds/routes.ts';
import { ClusterUpdates } from './cluster-updates.ts';
import type { EnvoyEnvironment } from './environment/environment.ts';
import { type FileReader, TransportSecurity } from './environment/transport-security.ts';
import type { WorkloadIdentity } from './environment/workload-identity.ts';
import { ListenerUpdates } from './listener-updates.ts';
import type { RunningListener } from './listeners/accepted-connection.ts';
import type { UpstreamCluster } from './upstream/upstream-cluster.ts';

/** What an Envoy starts with. */
export interface EnvoyOptions {
  readonly network: NetworkNamespace;
  readonly clock: Clock;
  readonly random: Random;
  readonly wording: EnvoyWording;
  readonly kind: 'sidecar' | 'router';
  /** Threads among which connections are shared. */
  readonly workers: number;
  /** Reads the container's files, for TLS that is not the mesh's. */
  readonly read?: FileReader;
}

/** How many pushes of a type the proxy accepted and refused, and the version in use. */
export interface UpdateState {
  successful: number;
  rejected: number;
  version: string;
}

/** One running proxy: `apply` changes what it does, everything else shows it. */
export class Envoy {
  readonly options: EnvoyOptions;
  readonly updates: Readonly<Record<ResourceType, UpdateState>> = {
    cluster: { successful: 0, rejected: 0, version: '' },
    endpoint: { successful: 0, rejected: 0, version: '' },
    listener: { successful: 0, rejected: 0, version: '' },
    route: { successful: 0, rejected: 0, version: '' },
  };
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly #environment: EnvoyEnvironment;
  readonly #clusters: ClusterUpdates;
  readonly #listeners: ListenerUpdates;
  #identitySinceMs = 0;
  #isLive = false;

  constructor(options: EnvoyOptions) {
    this.options = options;
    this.startedMs = options.clock.now();
    const { network, clock, wording, kind } = options;
    const security = new TransportSecurity(clock, wording, options.read);
    const random = options.random.stream('envoy');
    this.#environment = { network, clock, random, wording, kind, security };
    const clusters = new ClusterUpdates(this.#environment);
    this.#clusters = clusters;
    this.#listeners = new ListenerUpdates(
      this.#environment,
      name => clusters.findWarm(name),
      options.workers,
    );
  }

  get identity(): WorkloadIdentity | undefined {
    return this.#environment.security.identity;
  }

  /** When the identity came, milliseconds since the epoch; 0 while there is none. */
  get identitySinceMs(): number {
    return this.#identitySinceMs;
  }

  /** @param localUri - the SPIFFE identity that the certificate holds */
  setIdentity(identity: WorkloadIdentity, localUri: string): void {
    this.#identitySinceMs = this.options.clock.now();
    this.#environment.security.setIdentity(identity, localUri);
    this.#becomeLive();
  }

  /** All clusters, in the order of the last push. */
  get clusters(): readonly UpstreamCluster[] {
    return this.#clusters.clusters;
  }

  /** What was told of a cluster's endpoints, if anything was. */
  assignmentOf(cluster: string): ClusterLoadAssignment | undefined {
    return this.#clusters.assignmentOf(cluster);
  }

  get listeners(): readonly RunningListener[] {
    return this.#listeners.listeners;
  }

  /** Filters that have come by extension discovery. */
  get discovered(): readonly DiscoveredFilter[] {
    return this.#listeners.discovered;
  }

  /** @returns why Envoy refuses filters that have come by name, or undefined if it accepts them */
  applyDiscovered(filters: readonly DiscoveredFilter[]): string | undefined {
    const fault = this.#listeners.applyDiscovered(filters);
    this.#becomeLive();
    return fault;
  }

  dropDiscovered(names: readonly string[]): void {
    this.#listeners.dropDiscovered(names);
  }

  get routes(): readonly RouteConfiguration[] {
    return this.#listeners.routes;
  }

  /** As Envoy's `/server_info` names it. */
  get state(): 'LIVE' | 'PRE_INITIALIZING' | 'INITIALIZING' {
    if (this.#isLive) return 'LIVE';
    return this.updates.cluster.successful === 0 ? 'PRE_INITIALIZING' : 'INITIALIZING';
  }

  /**
   * Takes all resources of a type. Envoy uses the valid ones even if others are wrong.
   * @param unreadable - what is wrong with resources that could not be decoded
   * @returns why Envoy refuses the push, or undefined if it accepts it
   */
  apply(update: ResourceUpdate, unreadable: readonly string[] = []): string | undefined {
    const faults = [...unreadable, this.#applyResources(update)].filter(each => each !== undefined);
    const fault = faults.length > 0 ? faults.join(', ') : undefined;
    const state = this.updates[update.type];
    if (fault === undefined) {
      state.successful++;
      state.version = update.version;
    } else {
      state.rejected++;
    }
    this.#becomeLive();
    return fault;
  }

  /** Says whether Envoy uses a resource: it runs, or it waits for what it needs. */
  uses(type: ResourceType, name: string, resource: unknown): boolean {
    switch (type) {
      case 'cluster':
        return this.clusters.some(cluster => cluster.name === name && cluster.config === resource);
      case 'endpoint':
        return this.assignmentOf(name) === resource;
      case 'listener':
        return this.#listeners.listenerOf(name) === resource;
      case 'route':
        return this.routes.some(route => route === resource);
    }
  }

  close(): void {
    this.#listeners.close();
    this.#clusters.close();
  }

  #applyResources({ type, resources }: ResourceUpdate): string | undefined {
    switch (type) {
      case 'cluster':
        return this.#clusters.applyClusters(resources);
      case 'endpoint':
        return this.#clusters.applyAssignments(resources);
      case 'listener':
        return this.#listeners.applyListeners(resources);
      case 'route':
        return this.#listeners.applyRoutes(resources);
    }
  }

  /**
   * Counts as initialized once clusters are warm, listeners have been pushed and have their routes, and the
   * certificate that they need is there.
   */
  #becomeLive(): void {
    if (this.#isLive) return;
    const { cluster, listener } = this.updates;
    this.#isLive =
      cluster.successful > 0 &&
      listener.successful > 0 &&
      this.#listeners.areWarm &&
      this.identity !== undefined &&
      this.#clusters.areWarm;
  }
}
