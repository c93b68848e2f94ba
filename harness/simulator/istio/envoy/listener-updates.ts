/** What LDS and RDS pushes do: a listener runs once the routes that it refers to are there. */
import { discoveredBy, routeNamesOf } from '../xds/references.ts';
import type { DiscoveredFilter, Listener } from '../xds/resources.ts';
import type { RouteConfiguration } from '../xds/routes.ts';
import type { EnvoyEnvironment } from './environment/environment.ts';
import type { RunningListener } from './listeners/accepted-connection.ts';
import { ListenerManager } from './listeners/listener-manager.ts';
import type { UpstreamCluster } from './upstream/upstream-cluster.ts';
import { duplicateName, faultOfListener, faultOfRoutes } from './validation.ts';

/**
 * Holds the listeners and routes of one proxy. Like Envoy, it uses the valid resources of a partly invalid
 * push.
 */
export class ListenerUpdates {
  readonly #routes = new Map<string, RouteConfiguration>();
  readonly #listeners: ListenerManager;
  /** By name; they come after the listener that has them. */
  readonly #discovered = new Map<string, DiscoveredFilter>();
  /** Accepted, but their routes or filters are still to come: what ran before goes on until then. */
  readonly #warming = new Map<string, Listener>();

  /** @param workers - threads among which the listeners share their connections */
  constructor(
    environment: EnvoyEnvironment,
    clusterOf: (name: string) => UpstreamCluster | undefined,
    workers: number,
  ) {
    const resources = {
      clusterOf,
      routesOf: (name: string) => this.#routes.get(name),
      discoveredOf: (name: string) => this.#discovered.get(name),
    };
    this.#listeners = new ListenerManager(environment, resources, workers);
  }

  get listeners(): readonly RunningListener[] {
    return [...this.#listeners.listeners];
  }

  get routes(): readonly RouteConfiguration[] {
    return [...this.#routes.values()];
  }

  get areWarm(): boolean {
    return this.#warming.size === 0;
  }

  /** @returns why Envoy refuses the push, or undefined if it accepts it */
  applyListeners(configs: readonly Listener[]): string | undefined {
    const duplicate = duplicateName(configs.map(({ name }) => name));
    if (duplicate !== undefined) return `error adding listener: duplicate listener ${duplicate} found`;
    const faults: string[] = [];
    const names = new Set(configs.map(({ name }) => name));
    for (const { config } of this.listeners) if (!names.has(config.name)) this.#listeners.remove(config.name);
    for (const name of [...this.#warming.keys()]) if (!names.has(name)) this.#warming.delete(name);
    for (const config of configs) {
      const fault = faultOfListener(config) ?? this.#addressFault(config);
      if (fault !== undefined) faults.push(`${config.name}: ${fault}`);
      else if (this.#lacks(config)) this.#warming.set(config.name, config);
      else {
        this.#warming.delete(config.name);
        const bindFault = this.#listeners.set(config);
        if (bindFault !== undefined) faults.push(`${config.name}: ${bindFault}`);
      }
    }
    return faults.length > 0 ? `Error adding/updating listener(s) ${faults.join(', ')}` : undefined;
  }

  /** @returns why Envoy refuses the push, or undefined if it accepts it */
  applyRoutes(configurations: readonly RouteConfiguration[]): string | undefined {
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
    faults.push(...this.#startWarmed());
    return faults.length > 0 ? faults.join(', ') : undefined;
  }

  /**
   * Takes filters that listeners have by name, in addition to those that have come.
   * @returns why Envoy refuses them, or undefined if it accepts them
   */
  applyDiscovered(filters: readonly DiscoveredFilter[]): string | undefined {
    const faults: string[] = [];
    for (const filter of filters) {
      const fault = this.#discoveryFault(filter);
      if (fault === undefined) this.#discovered.set(filter.name, filter);
      else faults.push(fault);
    }
    faults.push(...this.#startWarmed());
    return faults.length > 0 ? faults.join(', ') : undefined;
  }

  /** Filters that have come by name. */
  get discovered(): readonly DiscoveredFilter[] {
    return [...this.#discovered.values()];
  }

  /** Lets go of filters that no listener has any more. */
  dropDiscovered(names: readonly string[]): void {
    for (const name of names) this.#discovered.delete(name);
  }

  /** Starts the listeners that waited for what is there now. @returns faults */
  #startWarmed(): readonly string[] {
    const faults: string[] = [];
    for (const [name, config] of [...this.#warming]) {
      if (this.#lacks(config)) continue;
      this.#warming.delete(name);
      const fault = this.#listeners.set(config);
      if (fault !== undefined) faults.push(fault);
    }
    return faults;
  }

  /** source/common/filter/config_discovery_impl.cc @v1.30 */
  #discoveryFault({ name, type }: DiscoveredFilter): string | undefined {
    const configs = [...this.#warming.values(), ...this.listeners.map(({ config }) => config)];
    const wanted = configs
      .flatMap(discoveredBy)
      .find(each => each.name === name && !each.types.includes(type));
    return wanted && `Error: filter config has type URL ${type} but expect ${wanted.types.join(', ')}.`;
  }

  /** The configuration that runs, or will once its routes have come. */
  listenerOf(name: string): Listener | undefined {
    return this.#warming.get(name) ?? this.#listeners.find(name)?.config;
  }

  close(): void {
    this.#listeners.close();
  }

  #lacks(listener: Listener): boolean {
    return (
      routeNamesOf(listener).some(name => !this.#routes.has(name)) ||
      discoveredBy(listener).some(({ name }) => !this.#discovered.has(name))
    );
  }

  /** Refuses a listener that moves to another address: Envoy wants a listener of another name for that. */
  #addressFault({ name, address, port }: Listener): string | undefined {
    const running = this.#listeners.find(name)?.config;
    if (!running || (running.address === address && running.port === port)) return undefined;
    return `error updating listener: '${name}' has a different address '${address}:${port}' from existing listener`;
  }
}
