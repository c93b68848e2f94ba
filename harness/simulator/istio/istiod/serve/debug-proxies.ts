/** The debug pages about proxies: their connections, what istiod sent, what they acknowledged. */
import { TYPE_URLS } from '../../xds/ads/type-urls.ts';
import type { WatchState } from '../../xds/ads/watch.ts';
import { anyJson } from '../../xds/proto/message-json.ts';
import { typeOfUrl } from '../../xds/wire/types.ts';
import { ownServices, targetPortOf } from '../mesh/push-context.ts';
import { configDump, resourceMessage, subscribedResources } from './config-dump.ts';
import { askedConnection, demandedConnection, type Page } from './debug-page.ts';
import { portOf, serviceOf } from './debug-services.ts';
import type { AnyProxyConnection } from './proxy-connection.ts';

/** The release of a proxy that tells none (pkg/model/proxy.go, MaxIstioVersion @1.30.3). */
const UNKNOWN_VERSION = '65536.65536.65536';

/** Members without a value are left out, as Go's `omitempty` does. */
const withoutEmpty = (object: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== ''));

/** Members of `/debug/syncz` beside `resources`: their words → the types. */
const SYNC_MEMBERS = {
  cluster: TYPE_URLS.cds,
  listener: TYPE_URLS.lds,
  route: TYPE_URLS.rds,
  endpoint: TYPE_URLS.eds,
  extensionconfig: TYPE_URLS.ecds,
} as const;

const byId = (a: AnyProxyConnection, b: AnyProxyConnection): number => (a.id < b.id ? -1 : 1);

/** How far each proxy is, by type of resource: what was sent and acknowledged, by nonces. */
export const sync: Page = ({ discovery }, query) => {
  const namespace = query.get('namespace');
  return [...discovery.connections]
    .filter(({ proxy }) => !namespace || proxy.namespace === namespace)
    .sort(byId)
    .map(({ proxy, watches }) => ({
      ...withoutEmpty({
        cluster_id: proxy.clusterId,
        proxy: proxy.id,
        proxy_type: proxy.role,
        istio_version: proxy.metadata['ISTIO_VERSION'] ?? UNKNOWN_VERSION,
        ...Object.fromEntries(
          Object.entries(SYNC_MEMBERS).flatMap(([word, typeUrl]) => [
            [`${word}_sent`, watches.get(typeUrl)?.sent?.nonce],
            [`${word}_acked`, watches.get(typeUrl)?.acked?.nonce],
          ]),
        ),
      }),
      ...(watches.size > 0 && {
        resources: Object.fromEntries([...watches].map(([typeUrl, watch]) => [typeUrl, resourceOf(watch)])),
      }),
    }));
};

/** Go's zero of time, for what was never sent. */
const NEVER = '0001-01-01T00:00:00Z';

const resourceOf = ({ sent, acked, refused }: WatchState) => ({
  ...withoutEmpty({ sent: sent?.nonce, acked: acked?.nonce }),
  sentTime: sent ? new Date(sent.timeMs).toISOString() : NEVER,
  ...withoutEmpty({ lastError: refused?.message }),
});

/** Who is connected, since when. */
export const connections: Page = ({ discovery }) => clientsOf([...discovery.connections].sort(byId));

/** Who is connected, since when, as whom, and to which resources it has subscribed. */
export const subscriptions: Page = (sources, query) => {
  const { discovery } = sources;
  if (query.get('push') !== null) {
    const count = [...discovery.connections].length;
    discovery.push();
    return `Pushed to ${count} servers\n`;
  }
  const asked = askedConnection(sources, query);
  return clientsOf(
    asked ? [asked] : [...discovery.connections].sort(byId),
    ({ proxy: { labels, metadata }, watches }) => ({
      ...(Object.keys(labels).length > 0 && { labels }),
      metadata,
      watches: Object.fromEntries([...watches].map(([typeUrl, { names }]) => [typeUrl, [...names]])),
    }),
  );
};

const clientsOf = (
  found: readonly AnyProxyConnection[],
  more: (connection: AnyProxyConnection) => object = () => ({}),
) => ({
  totalClients: found.length,
  ...(found.length > 0 && {
    clients: found.map(each => ({
      connectionId: each.id,
      connectedAt: new Date(each.connectedAtMs).toISOString(),
      address: each.proxy.address,
      ...more(each),
    })),
  }),
});

/** What one proxy is sent, in the form of Envoy's dump; of the types in `?types=`, if it says so. */
export const proxyDump: Page = (sources, query) => {
  const connection = demandedConnection(sources, query);
  const { resources, discovery } = sources;
  const types = query.get('types') ?? '';
  if (types !== '') return dumpOfTypes({ connection, resources }, types.split(','));
  const dumped = { connection, resources, version: discovery.version };
  const sections = configDump(dumped, query.has('include_eds'));
  return { configs: sections.map(({ typeUrl, value }) => anyJson(typeUrl, value, 'camel')) };
};

/** What one proxy is sent of one type. */
export const dumpOf =
  (type: string): Page =>
  (sources, query) =>
    dumpOfTypes({ connection: demandedConnection(sources, query), resources: sources.resources }, [type]);

function dumpOfTypes(dumped: Parameters<typeof subscribedResources>[0], shortNames: readonly string[]) {
  const configs = shortNames.flatMap(name => {
    const [, typeUrl = ''] = Object.entries(TYPE_URLS).find(([each]) => each === name) ?? [];
    const type = typeOfUrl(typeUrl);
    return type
      ? subscribedResources(dumped, type).map(it => {
          const { value } = resourceMessage(type, it);
          return anyJson(typeUrl, value, 'camel');
        })
      : [];
  });
  return configs.length > 0 ? { configs } : {};
}

/** The ports of Services that lead to each proxy. */
export const instances: Page = sources => {
  const { discovery, resources } = sources;
  const { context } = resources;
  return Object.fromEntries(
    [...discovery.connections].map(({ proxy }) => [
      proxy.id,
      ownServices(context, proxy).flatMap(service =>
        service.ports.map(port => ({
          Service: serviceOf(sources, service.hostname),
          Port: { ...portOf(port), TargetPort: targetPortOf(context, proxy, port) ?? 0 },
        })),
      ),
    ]),
  );
};
