/** The debug pages about proxies: their connections, what istiod sent, what they acknowledged. */
import type { ResourceType } from '../../xds/resources.ts';
import { PUSH_ORDER, SHORT_NAMES, typeUrlOf } from '../../xds/wire/types.ts';
import type { Page } from './debug-page.ts';
import { decodeResources } from './encoded-resources.ts';
import type { AnyProxyConnection } from './proxy-connection.ts';

const watchOf = ({ watches }: AnyProxyConnection, type: ResourceType) => watches.get(typeUrlOf(type));

const syncState = (connection: AnyProxyConnection, type: ResourceType): string => {
  const { sent, acked } = watchOf(connection, type) ?? {};
  if (!sent) return 'NOT SENT';
  return acked?.nonce === sent.nonce ? 'SYNCED' : 'STALE';
};

/** How far each proxy is, by type of resource: NOT SENT, SYNCED or STALE. */
export const sync: Page = ({ discovery, settings }) =>
  [...discovery.connections].map(connection => ({
    cluster_id: connection.proxy.clusterId,
    proxy: connection.proxy.id,
    proxy_type: connection.proxy.role,
    istio_version: connection.proxy.metadata['ISTIO_VERSION'] ?? settings.version,
    pilot: settings.podName,
    ...Object.fromEntries(
      PUSH_ORDER.flatMap(type => [
        [`${type}_status`, syncState(connection, type)],
        [`${type}_sent`, watchOf(connection, type)?.sent?.nonce ?? ''],
        [`${type}_acked`, watchOf(connection, type)?.acked?.nonce ?? ''],
      ]),
    ),
  }));

/** Who is connected, since when. */
export const connections: Page = ({ discovery }) => {
  const clients = [...discovery.connections].map(({ id, proxy, connectedAtMs }) => ({
    connectionId: id,
    connectedAt: new Date(connectedAtMs).toISOString(),
    address: proxy.address,
    metadata: proxy.metadata,
    labels: proxy.labels,
  }));
  return { totalClients: clients.length, clients };
};

/** Shows what each proxy gets: all proxies, or the one that `?proxyID=name.namespace` names. */
export const dump =
  (types: readonly ResourceType[]): Page =>
  ({ discovery, resources }, query) => {
    const wanted = query.get('proxyID');
    return [...discovery.connections]
      .filter(({ proxy }) => wanted === null || proxy.id === wanted || proxy.podName === wanted)
      .map(({ proxy }) => ({
        proxy: proxy.id,
        ...Object.fromEntries(
          types.map(type => [SHORT_NAMES[type], decodeResources(type, resources.of(type, proxy))]),
        ),
      }));
  };
