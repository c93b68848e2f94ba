/** The filters at the end of a chain: what happens to a connection's bytes. */
import { unreachable } from '../../../../base/errors.ts';
import type { Random } from '../../../../base/random.ts';
import type { DiscoveredFilter, NetworkFilter } from '../../xds/resources.ts';
import type { RouteConfiguration } from '../../xds/routes.ts';
import type { EnvoyEnvironment } from '../environment/environment.ts';
import { HttpConnectionManager } from '../http/http-connection-manager.ts';
import { isAllowed } from '../http/rbac.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import type { AcceptedConnection, RunningListener } from './accepted-connection.ts';
import { proxyTcp, serveTcp } from './tcp-proxy.ts';

/** What the filters look up when a connection or request comes, so that changes take effect at once. */
export interface FilterResources {
  readonly clusterOf: (name: string) => UpstreamCluster | undefined;
  readonly routesOf: (name: string) => RouteConfiguration | undefined;
  readonly discoveredOf: (name: string) => DiscoveredFilter | undefined;
}

/**
 * Where the traffic to the workload itself comes in (istio/istio
 * pilot/pkg/networking/core/v1alpha3/listener.go, VirtualInboundListenerName).
 */
const INBOUND_LISTENER = 'virtualInbound';

type HttpFilter = Extract<NetworkFilter, { type: 'http_connection_manager' }>;

/** Runs filters; HTTP connection managers stay as long as their filter's definition. */
export class NetworkFilters {
  readonly #environment: EnvoyEnvironment;
  readonly #resources: FilterResources;
  readonly #requestIds: Random;
  readonly #managers = new WeakMap<HttpFilter, HttpConnectionManager>();

  constructor(environment: EnvoyEnvironment, resources: FilterResources) {
    this.#environment = environment;
    this.#resources = resources;
    this.#requestIds = environment.random.stream('request-ids');
  }

  /** Passes a connection to the filter of its chain. */
  serve({ listener, stream, downstream, traits }: AcceptedConnection, filter: NetworkFilter): void {
    const { clusterOf } = this.#resources;
    switch (filter.type) {
      case 'http_connection_manager':
        this.#managerOf(listener, filter).accept(stream, downstream);
        return;
      case 'tcp_proxy':
        // source/extensions/filters/network/rbac/rbac_filter.cc @v1.30: the connection is closed
        if (!isAllowed(filter.rbac ?? [], { connection: downstream })) {
          stream.destroy();
          return;
        }
        serveTcp({ clusterOf, random: this.#environment.random }, filter, stream, downstream);
        return;
      case 'sni_cluster_tcp_proxy': {
        const { fallbackCluster } = filter;
        const cluster = clusterOf(traits.serverName ?? fallbackCluster) ?? clusterOf(fallbackCluster);
        proxyTcp(cluster, stream, downstream);
        return;
      }
      default:
        unreachable(filter);
    }
  }

  #managerOf({ config }: RunningListener, filter: HttpFilter): HttpConnectionManager {
    let manager = this.#managers.get(filter);
    if (!manager) {
      const isInbound = config.name === INBOUND_LISTENER;
      const { rds, routeConfig, alpn, discovers = [] } = filter;
      const { discoveredOf } = this.#resources;
      manager = new HttpConnectionManager({
        environment: this.#environment,
        isInbound,
        forwardsClientCertificate: filter.forwardsClientCertificate === true,
        serverName: isInbound || this.#environment.kind === 'router' ? 'istio-envoy' : 'envoy',
        rbac: filter.rbac ?? [],
        paths: filter.paths,
        usesRemoteAddress: filter.usesRemoteAddress === true,
        trustedHops: filter.trustedHops ?? 0,
        requestIds: this.#requestIds,
        alpn: () => alpn ?? discoveredAlpn(discovers, discoveredOf),
        routes: rds === undefined ? () => routeConfig : () => this.#resources.routesOf(rds),
        clusterOf: name => this.#resources.clusterOf(name),
      });
      this.#managers.set(filter, manager);
    }
    return manager;
  }
}

/** Returns the protocols of the first discovered filter that has any. */
function discoveredAlpn(
  names: readonly { readonly name: string }[],
  discoveredOf: FilterResources['discoveredOf'],
): readonly string[] | undefined {
  for (const { name } of names) {
    const alpn = discoveredOf(name)?.alpn;
    if (alpn) return alpn;
  }
  return undefined;
}
