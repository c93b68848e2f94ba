/** `/config_dump`: what istiod pushed and Envoy runs, in Envoy's form and names. */
import type { XdsNode } from '../../xds/node.ts';
import type { RouteConfiguration } from '../../xds/routes.ts';
import type { Envoy } from '../envoy.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { STATIC_CLUSTERS, STATIC_LISTENERS, staticClusterOf, staticListenerOf } from './bootstrap.ts';
import { endpointsOf, resourceAny } from './dumped-resources.ts';
import { notesDump } from './notes-dump.ts';
import { anyOf } from './protobuf-json.ts';
import { nodeOf } from './server-pages.ts';

/** The query of `/config_dump`. */
export interface DumpOptions {
  readonly includeEndpoints: boolean;
  /** Only the resources of one list: `dynamic_active_clusters`, `dynamic_listeners`, … */
  readonly resource?: string | undefined;
}

type Dump = Readonly<Record<string, unknown>>;

/**
 * Returns the dump as JSON (envoy.admin.v3.ConfigDump), without private keys.
 * Unlike Envoy's, it has no times, and of the bootstrap only what the release lists of it; at its end stands
 * what was taken without effect.
 */
export function configDump(envoy: Envoy, node: XdsNode, { includeEndpoints, resource }: DumpOptions) {
  const notes = notesDump(envoy);
  const configs: Dump[] = [
    anyOf('admin.v3.BootstrapConfigDump', { bootstrap: { node: nodeOf(envoy, node) } }),
    clustersDump(envoy),
    anyOf('admin.v3.EcdsConfigDump', filtersOf(envoy)),
    ...(includeEndpoints ? [endpointsDump(envoy)] : []),
    listenersDump(envoy),
    anyOf('admin.v3.ScopedRoutesConfigDump', {}),
    routesDump(envoy),
    anyOf('admin.v3.SecretsConfigDump', { dynamic_active_secrets: secretsOf(envoy) }),
    ...(notes ? [notes] : []),
  ];
  if (resource === undefined) return { configs };
  const found = configs.flatMap(config => (Array.isArray(config[resource]) ? config[resource] : []));
  return { configs: found };
}

function clustersDump(envoy: Envoy): Dump {
  const { cluster } = envoy.updates;
  const dynamic = (clusters: readonly UpstreamCluster[]) =>
    clusters.map(({ config }) => ({
      version_info: cluster.version,
      cluster: resourceAny('cluster', config),
    }));
  return anyOf('admin.v3.ClustersConfigDump', {
    version_info: cluster.version,
    ...(listsBootstrap(envoy) && {
      static_clusters: STATIC_CLUSTERS.map(config => ({ cluster: staticClusterOf(config) })),
    }),
    dynamic_active_clusters: dynamic(envoy.clusters.filter(({ isWarm }) => isWarm)),
    dynamic_warming_clusters: dynamic(envoy.clusters.filter(({ isWarm }) => !isWarm)),
  });
}

function endpointsDump(envoy: Envoy): Dump {
  return anyOf('admin.v3.EndpointsConfigDump', {
    dynamic_endpoint_configs: envoy.clusters
      .filter(({ config }) => config.type === 'EDS')
      .map(eds => ({
        version_info: envoy.updates.endpoint.version,
        endpoint_config: endpointsOf(eds),
      })),
  });
}

function listenersDump(envoy: Envoy): Dump {
  const { listener } = envoy.updates;
  return anyOf('admin.v3.ListenersConfigDump', {
    version_info: listener.version,
    ...(listsBootstrap(envoy) && {
      static_listeners: STATIC_LISTENERS.map(config => ({ listener: staticListenerOf(config) })),
    }),
    dynamic_listeners: envoy.listeners.map(({ config }) => ({
      name: config.name,
      active_state: { version_info: listener.version, listener: resourceAny('listener', config) },
    })),
  });
}

/** Configurations that stand in a listener are static; each filter has its own, even of the same name. */
function routesDump(envoy: Envoy): Dump {
  const inline: RouteConfiguration[] = envoy.listeners.flatMap(({ config }) =>
    config.filterChains.flatMap(({ filter }) =>
      filter.type === 'http_connection_manager' ? (filter.routeConfig ?? []) : [],
    ),
  );
  return anyOf('admin.v3.RoutesConfigDump', {
    ...(listsBootstrap(envoy) && {
      static_route_configs: [
        ...STATIC_LISTENERS.map(({ routes }) => anyOf('config.route.v3.RouteConfiguration', routes)),
        ...inline.map(config => resourceAny('route', config)),
      ].map(config => ({ route_config: config })),
    }),
    dynamic_route_configs: envoy.routes.map(config => ({
      version_info: envoy.updates.route.version,
      route_config: resourceAny('route', config),
    })),
  });
}

const listsBootstrap = ({ options }: Envoy): boolean => options.wording.pages.listsBootstrap;

/** What has come by extension discovery, by its type. */
const filtersOf = ({ discovered }: Envoy) =>
  discovered.length === 0
    ? {}
    : {
        ecds_filters: discovered.map(({ name, type }) => ({
          ecds_filter: anyOf('config.core.v3.TypedExtensionConfig', {
            name,
            typed_config: { '@type': `type.googleapis.com/${type}` },
          }),
        })),
      };

/** Certificates, never the key: Envoy leaves it out too. */
function secretsOf({ identity }: Envoy) {
  if (!identity) return [];
  const inline = (pem: string) => ({ inline_bytes: Buffer.from(pem).toString('base64') });
  const secret = (name: string, content: object) => ({
    name,
    secret: anyOf('extensions.transport_sockets.tls.v3.Secret', { name, ...content }),
  });
  return [
    secret('default', {
      tls_certificate: {
        certificate_chain: inline(identity.chainPem),
        private_key: inline('[redacted]'),
      },
    }),
    secret('ROOTCA', { validation_context: { trusted_ca: inline(identity.rootPem) } }),
  ];
}
