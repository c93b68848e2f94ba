/** istiod's debug pages (pilot/pkg/xds/debug.go; docs/reference/istio.md I14). */
import { PUSH_ORDER } from '../../xds/wire/types.ts';
import type { DebugSources, Page } from './debug-page.ts';
import { connections, dump, sync } from './debug-proxies.ts';

const shards: Page = ({ state }) =>
  Object.fromEntries(
    [...state.shards().keys()].sort().map(hostname => [
      hostname,
      {
        [hostname.split('.')[1] ?? '']: {
          Shards: Object.fromEntries(
            [...(state.shards().get(hostname) ?? [])].map(([clusterId, endpoints]) => [
              clusterId,
              endpoints.map(endpoint => ({
                Labels: endpoint.labels,
                Address: endpoint.address,
                ServicePortName: endpoint.servicePortName,
                ServiceAccount: endpoint.identity,
                Network: endpoint.network,
                EndpointPort: endpoint.port,
                TLSMode: endpoint.tlsMode,
              })),
            ]),
          ),
        },
      },
    ]),
  );

/** 1.8: a list of services with their instances; `?brief` gives lines. */
const endpoints: Page = ({ state }, query) => {
  const all = state.services.flatMap(({ hostname }) =>
    state.endpoints(hostname).map(endpoint => ({ hostname, endpoint })),
  );
  if (query.has('brief')) {
    return all
      .map(
        ({ hostname, endpoint }) =>
          `${hostname}:${endpoint.servicePortName} ${endpoint.address}:${endpoint.port} ${JSON.stringify(endpoint.labels)} ${endpoint.identity}\n`,
      )
      .join('');
  }
  return state.services.map(({ hostname }) => ({ svc: hostname, ep: state.endpoints(hostname) }));
};

const clusters: Page = ({ settings, remotes }) => [
  { id: settings.clusterId, secretName: '', syncStatus: 'synced' },
  ...[...remotes.list()].map(({ id, secret, status }) => ({ id, secretName: secret, syncStatus: status })),
];

const networks: Page = ({ state }) =>
  state.gateways.all().map(({ network, clusterId, address, port }) => ({
    Network: network,
    Cluster: clusterId,
    Addr: address,
    Port: port,
    HBONEPort: 0,
    ServiceAccount: { Namespace: '', Name: '' },
  }));

const registry: Page = ({ state }) =>
  state.services.map(({ hostname, name, namespace, ports, clusterIps, defaultClusterIp }) => ({
    hostname,
    address: defaultClusterIp,
    ClusterVIPs: Object.fromEntries(clusterIps),
    ports: ports.map(({ name: portName, port, protocol }) => ({
      name: portName,
      port,
      protocol: protocol.toUpperCase(),
    })),
    Attributes: { ServiceRegistry: 'Kubernetes', Name: name, Namespace: namespace },
  }));

const injectedValues: Page = ({ resources }) => resources.context.config;

const PAGES: Readonly<Record<string, Page>> = {
  clusterz: clusters,
  endpointShardz: shards,
  networkz: networks,
  registryz: registry,
  syncz: sync,
  connections,
  adsz: connections,
  edsz: dump(['endpoint']),
  config_dump: dump(PUSH_ORDER),
  configz: injectedValues,
  mesh: ({ state }) => ({ ...state.mesh, networks: Object.fromEntries(state.mesh.networks) }),
  push_status: ({ state }) => ({ services: state.services.length }),
};

/** In current, endpointz is another name of endpointShardz. */
const ENDPOINT_PAGES: Readonly<Record<'instances' | 'shards', Page>> = { instances: endpoints, shards };

/**
 * Computes the page at a path.
 * @param path - with its query: `/debug/syncz?proxyID=…`
 * @returns undefined if there is no such page
 */
export function debugPage(sources: DebugSources, path: string): string | undefined {
  const { pathname, searchParams } = new URL(path, 'http://istiod');
  const name = /^\/debug\/([^/]+)$/.exec(pathname)?.[1] ?? '';
  if (name === 'list')
    return Object.keys(PAGES)
      .map(page => `/debug/${page}\n`)
      .join('');
  const page = name === 'endpointz' ? ENDPOINT_PAGES[sources.settings.behaviour.endpointPage] : PAGES[name];
  const value = page?.(sources, searchParams);
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`;
}
