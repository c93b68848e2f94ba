/**
 * The Envoy stand-in: takes resources from the discovery stream, runs clusters and listeners out of them, and
 * knows nothing else.
 */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import type { EnvoyWording } from '../releases.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  Listener,
  ResourceType,
  ResourceUpdate,
  RouteConfiguration,
} from '../xds/resources.ts';
import type { EnvoyEnvironment } from './environment/environment.ts';
import { TransportSecurity, type WorkloadIdentity } from './environment/transport-security.ts';
import type { RunningListener } from './listeners/accepted-connection.ts';
import { ListenerManager } from './listeners/listener-manager.ts';
import { UpstreamCluster } from './upstream/upstream-cluster.ts';
import {
  duplicateName,
  faultOfAssignment,
  faultOfCluster,
  faultOfListener,
  faultOfRoutes,
} from './validation.ts';

/** What an Envoy is started with. */
export interface EnvoyOptions {
  readonly network: NetworkNamespace;
  readonly clock: Clock;
  readonly random: Random;
  readonly wording: EnvoyWording;
  readonly kind: 'sidecar' | 'router';
  /** Threads among which connections are shared. */
  readonly workers: number;
}

/** How many pushes of a type were accepted and refused, and the version in use. */
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
  readonly #clusters = new Map<string, UpstreamCluster>();
  readonly #routes = new Map<string, RouteConfiguration>();
  readonly #listeners: ListenerManager;
  /** Accepted, but their routes are still to come: what ran before goes on until then. */
  readonly #warmingListeners = new Map<string, Listener>();
  /** Assignments that came before their cluster. */
  readonly #assignments = new Map<string, ClusterLoadAssignment>();
  #isLive = false;

  constructor(options: EnvoyOptions) {
    this.options = options;
    this.startedMs = options.clock.now();
    const { network, clock, wording, kind } = options;
    const security = new TransportSecurity(clock, wording);
    const random = options.random.stream('envoy');
    this.#environment = { network, clock, random, wording, kind, security };
    this.#listeners = new ListenerManager(
      this.#environment,
      { clusterOf: name => this.#warmCluster(name), routesOf: name => this.#routes.get(name) },
      options.workers,
    );
  }

  get identity(): WorkloadIdentity | undefined {
    return this.#environment.security.identity;
  }

  /** @param localUri - the SPIFFE identity that the certificate holds */
  setIdentity(identity: WorkloadIdentity, localUri: string): void {
    this.#environment.security.setIdentity(identity, localUri);
    this.#becomeLive();
  }

  /** All clusters, in the order of the last push. */
  get clusters(): readonly UpstreamCluster[] {
    return [...this.#clusters.values()];
  }

  get listeners(): readonly RunningListener[] {
    return [...this.#listeners.listeners];
  }

  get routes(): readonly RouteConfiguration[] {
    return [...this.#routes.values()];
  }

  /** As Envoy's `/server_info` names it. */
  get state(): 'LIVE' | 'PRE_INITIALIZING' | 'INITIALIZING' {
    if (this.#isLive) return 'LIVE';
    return this.updates.cluster.successful === 0 ? 'PRE_INITIALIZING' : 'INITIALIZING';
  }

  /**
   * Takes a push. Envoy uses the valid resources of a push even if others in it are wrong.
   * @returns why it is refused, or undefined if it is accepted
   */
  apply(update: ResourceUpdate): string | undefined {
    const fault = this.#applyResources(update);
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

  close(): void {
    this.#listeners.close();
    for (const cluster of this.#clusters.values()) cluster.close();
  }

  #applyResources({ type, resources }: ResourceUpdate): string | undefined {
    switch (type) {
      case 'cluster':
        return this.#applyClusters(resources);
      case 'endpoint':
        return this.#applyAssignments(resources);
      case 'listener':
        return this.#applyListeners(resources);
      case 'route':
        return this.#applyRoutes(resources);
    }
  }

  #applyClusters(configs: readonly Cluster[]): string | undefined {
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

  #applyAssignments(assignments: readonly ClusterLoadAssignment[]): string | undefined {
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
      if (!cluster.isWarm) cluster.setEndpoints({ clusterName: cluster.name, endpoints: [] });
    }
    return faults.length > 0 ? faults.join(', ') : undefined;
  }

  #applyListeners(configs: readonly Listener[]): string | undefined {
    const duplicate = duplicateName(configs.map(({ name }) => name));
    if (duplicate !== undefined) return `error adding listener: duplicate listener ${duplicate} found`;
    const faults: string[] = [];
    const names = new Set(configs.map(({ name }) => name));
    for (const { config } of this.listeners) if (!names.has(config.name)) this.#listeners.remove(config.name);
    for (const name of [...this.#warmingListeners.keys()])
      if (!names.has(name)) this.#warmingListeners.delete(name);
    for (const config of configs) {
      const fault = faultOfListener(config) ?? this.#addressFault(config);
      if (fault !== undefined) faults.push(`${config.name}: ${fault}`);
      else if (this.#lacksRoutes(config)) this.#warmingListeners.set(config.name, config);
      else {
        this.#warmingListeners.delete(config.name);
        const bindFault = this.#listeners.set(config);
        if (bindFault !== undefined) faults.push(`${config.name}: ${bindFault}`);
      }
    }
    return faults.length > 0 ? `Error adding/updating listener(s) ${faults.join(', ')}` : undefined;
  }

  #applyRoutes(configurations: readonly RouteConfiguration[]): string | undefined {
    const faults: string[] = [];
    const before = new Map(this.#routes);
    this.#routes.clear();
    for (const configuration of configurations) {
      const fault = faultOfRoutes(configuration);
      const known = before.get(configuration.name);
      if (fault !== undefined) faults.push(fault);
      const used = fault === undefined ? configuration : known;
      if (used) this.#routes.set(configuration.name, used);
    }
    for (const [name, config] of [...this.#warmingListeners]) {
      if (this.#lacksRoutes(config)) continue;
      this.#warmingListeners.delete(name);
      const fault = this.#listeners.set(config);
      if (fault !== undefined) faults.push(fault);
    }
    return faults.length > 0 ? faults.join(', ') : undefined;
  }

  #lacksRoutes({ filterChains }: Listener): boolean {
    return filterChains.some(
      ({ filter }) =>
        filter.type === 'http_connection_manager' &&
        filter.rds !== undefined &&
        !this.#routes.has(filter.rds),
    );
  }

  /** A listener cannot move to another address: Envoy takes it off by its name and adds another. */
  #addressFault({ name, address, port }: Listener): string | undefined {
    const running = this.#listeners.find(name)?.config;
    if (!running || (running.address === address && running.port === port)) return undefined;
    return `error updating listener: '${name}' has a different address '${address}:${port}' from existing listener`;
  }

  #warmCluster(name: string): UpstreamCluster | undefined {
    const cluster = this.#clusters.get(name);
    return cluster?.isWarm ? cluster : undefined;
  }

  /**
   * Initialized once clusters are warm, listeners were told and have their routes, and the certificate that
   * they need is there.
   */
  #becomeLive(): void {
    if (this.#isLive) return;
    const { cluster, listener } = this.updates;
    this.#isLive =
      cluster.successful > 0 &&
      listener.successful > 0 &&
      this.#warmingListeners.size === 0 &&
      this.identity !== undefined &&
      [...this.#clusters.values()].every(({ isWarm }) => isWarm);
  }
}
