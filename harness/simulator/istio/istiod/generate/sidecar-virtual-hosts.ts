/**
 * The virtual hosts of one HTTP port of a sidecar: of the services that have it, and of hosts that only
 * VirtualServices name (pilot/pkg/networking/core/httproute.go, BuildSidecarOutboundVirtualHosts, and
 * route/route.go @1.30.3; the same in 1.8).
 */
import type { Route, VirtualHost } from '../../xds/routes.ts';
import { hostCovers, mostSpecific } from '../mesh/host-names.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import { addressFor, isSniffed, type PushContext, visibleServices } from '../mesh/push-context.ts';
import type { VirtualServiceConfig } from '../model/istio-config.ts';
import { isHttp } from '../model/mesh-model.ts';
import { hashPolicies } from './hash-policies.ts';
import { outboundName } from './names.ts';
import { retryPolicyOf, virtualServiceRoutes } from './virtual-service-routes.ts';

/** Whose routes they are: the names of a service depend on the caller's namespace. */
export interface RouteScope {
  readonly namespace: string;
  readonly clusterId: string;
  readonly domain: string;
  /** Of the proxy's pod, for VirtualServices that look at them. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Routes of VirtualServices for hosts that no service has are there at this port only. */
const PORT_OF_OTHERS = 80;

/** One that routes HTTP for sidecars, with its hosts. */
interface Rule {
  readonly virtual: VirtualServiceConfig;
  readonly routes: readonly Route[];
}

/** Makes the virtual hosts of a proxy, port by port. */
export class SidecarVirtualHosts {
  readonly #context: PushContext;
  readonly #scope: RouteScope;
  readonly #virtuals: readonly VirtualServiceConfig[];
  /** Host of a VirtualService → the first that names it. */
  readonly #byHost: readonly { readonly host: string; readonly virtual: VirtualServiceConfig }[];

  constructor(context: PushContext, scope: RouteScope) {
    this.#context = context;
    this.#scope = scope;
    this.#virtuals = context.config.virtualServices.filter(
      ({ gateways, hasHttp }) => hasHttp && gateways.includes('mesh'),
    );
    const known = new Set<string>();
    this.#byHost = this.#virtuals.flatMap(virtual =>
      virtual.hosts.flatMap(host => {
        if (known.has(host)) return [];
        known.add(host);
        return [{ host, virtual }];
      }),
    );
  }

  /** @returns by the hosts that are served: those of services by their full names */
  at(port: number, services: readonly MeshService[]): readonly VirtualHost[] {
    const hosts = new Map<string, VirtualHost>();
    const byName = new Map(services.map(service => [service.hostname, service]));
    const add = (host: string, domains: readonly string[], routes: readonly Route[]): void => {
      if (!hosts.has(host))
        hosts.set(host, { name: `${host}:${port}`, domains, tellsAttempts: true, routes });
    };
    for (const { virtual, routes } of this.#rulesAt(port)) {
      const { own, others } = this.#hostsOf(virtual, byName, port);
      if (own.length === 0 && port !== PORT_OF_OTHERS) continue;
      for (const host of others) add(host, this.#domainsOfHost(host, port), routes);
      for (const service of own) add(service.hostname, this.domainsOf(service, port), routes);
    }
    for (const service of services)
      add(service.hostname, this.domainsOf(service, port), [this.#plainRoute(service, port)]);
    const all = [...hosts.values()];
    if (this.#virtuals.length === 0)
      return services.some(({ external }) => external) ? withoutDoubles(all) : all;
    return withoutDoubles(all).sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * Lists the names by which a service may be called from a namespace: in 1.8 each with and without the port,
   * in current each once, and the full one also as an absolute name of DNS.
   */
  domainsOf(service: MeshService, port: number): readonly string[] {
    const { namespace, clusterId, domain } = this.#scope;
    const { name, namespace: own, external, isHeadless } = service;
    const absolute = this.#context.behaviour.routesIgnorePorts ? [`${service.hostname}.`] : [];
    if (external)
      return [service.hostname, ...absolute, ...external.addresses].flatMap(host =>
        this.#domainsOfHost(host, port),
      );
    const full = `${name}.${own}.svc.${domain}`;
    const short = namespace === own ? [name] : [];
    const address = addressFor(service, clusterId);
    const addresses = address === '' ? [] : [address];
    // Pods of a headless Service may have names below its (httproute.go @1.30.3; the same in 1.8).
    const withPods = (names: readonly string[]) =>
      isHeadless ? [...names, ...names.map(each => `*.${each}`)] : names;
    if (this.#context.behaviour.routesIgnorePorts)
      return [
        ...withPods([full, `${full}.`, ...short, `${name}.${own}.svc`, `${name}.${own}`]),
        ...addresses,
      ];
    const names = [...withPods([full, ...short, `${name}.${own}`, `${name}.${own}.svc`]), ...addresses];
    return names.flatMap(host => [host, `${host}:${port}`]);
  }

  #domainsOfHost(host: string, port: number): readonly string[] {
    return this.#context.behaviour.routesIgnorePorts ? [host] : [host, `${host}:${port}`];
  }

  /** Those of which a route is for this caller; where none is, a VirtualService is not there. */
  *#rulesAt(listenerPort: number): Generator<Rule> {
    const { namespace, labels } = this.#scope;
    for (const virtual of this.#virtuals) {
      const routes = virtualServiceRoutes(this.#context, virtual, {
        gateway: 'mesh',
        listenerPort,
        namespace,
        labels,
      });
      if (routes.length > 0) yield { virtual, routes };
    }
  }

  /** Of two with wildcards the closer one has a service. */
  #hostsOf(
    virtual: VirtualServiceConfig,
    services: ReadonlyMap<string, MeshService>,
    port: number,
  ): { readonly own: readonly MeshService[]; readonly others: readonly string[] } {
    const own: MeshService[] = [];
    const others: string[] = [];
    const present = this.#presentAt(port);
    for (const host of virtual.hosts) {
      if (!host.startsWith('*')) {
        const service = services.get(host);
        if (service) own.push(service);
        else if (!present.has(host)) others.push(host);
        continue;
      }
      const covered = [...present].filter(name => hostCovers(host, name));
      if (covered.length === 0) others.push(host);
      for (const name of covered) {
        const service = services.get(name);
        if (service && mostSpecific(this.#byHost, name)?.virtual === virtual) own.push(service);
      }
    }
    return { own, others };
  }

  /** The names of services with this port, whatever they speak there. */
  #presentAt(port: number): ReadonlySet<string> {
    return new Set(
      visibleServices(this.#context)
        .filter(({ ports }) => ports.some(each => each.port === port))
        .map(({ hostname }) => hostname),
    );
  }

  #plainRoute({ hostname }: MeshService, port: number): Route {
    const retryPolicy = retryPolicyOf(this.#context, undefined);
    return {
      match: { prefix: '/' },
      cluster: outboundName(port, '', hostname),
      timeoutMs: 0,
      ...(retryPolicy && { retryPolicy }),
      ...hashPolicies(this.#context, [{ host: hostname, port }]),
    };
  }
}

/** Of equal domains the first counts: an Envoy refuses routes that have one twice. */
function withoutDoubles(hosts: readonly VirtualHost[]): VirtualHost[] {
  const known = new Set<string>();
  return hosts.flatMap(host => {
    const domains = host.domains.filter(domain => !known.has(domain));
    for (const domain of domains) known.add(domain);
    return domains.length === host.domains.length ? [host] : domains.length > 0 ? [{ ...host, domains }] : [];
  });
}

/** Lists the services that have HTTP routes at each port: of those whose protocol is found out apart. */
export function routedServices(context: PushContext): {
  readonly http: ReadonlyMap<number, readonly MeshService[]>;
  readonly sniffed: readonly { readonly service: MeshService; readonly port: number }[];
} {
  const http = new Map<number, MeshService[]>();
  const sniffed: { service: MeshService; port: number }[] = [];
  for (const service of visibleServices(context))
    for (const { port, protocol } of service.ports) {
      if (isSniffed(context, protocol)) sniffed.push({ service, port });
      else if (isHttp(protocol)) {
        const all = http.get(port) ?? [];
        http.set(port, all);
        all.push(service);
      }
    }
  return { http, sniffed };
}
