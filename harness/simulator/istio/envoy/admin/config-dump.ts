/** `/config_dump`: what istiod pushed and Envoy runs, in Envoy's form and names. */
import type { XdsNode } from '../../xds/node.ts';
import type { Envoy } from '../envoy.ts';
import { clusterOf, endpointsOf } from './dumped-clusters.ts';
import { listenerOf, routesOf } from './dumped-listeners.ts';

const ADMIN_TYPE = 'type.googleapis.com/envoy.admin.v3';

/** The query of `/config_dump`. */
export interface DumpOptions {
  readonly includeEndpoints: boolean;
  /** Only the resources of one list: `dynamic_active_clusters`, `dynamic_listeners`, … */
  readonly resource?: string | undefined;
}

/** Returns the dump as JSON (envoy.admin.v3.ConfigDump), without private keys. */
export function configDump(envoy: Envoy, node: XdsNode, { includeEndpoints, resource }: DumpOptions) {
  const { cluster, listener, route, endpoint } = envoy.updates;
  const configs: Record<string, unknown>[] = [
    { '@type': `${ADMIN_TYPE}.BootstrapConfigDump`, bootstrap: { node } },
    {
      '@type': `${ADMIN_TYPE}.ClustersConfigDump`,
      version_info: cluster.version,
      dynamic_active_clusters: envoy.clusters
        .filter(({ isWarm }) => isWarm)
        .map(({ config }) => ({ version_info: cluster.version, cluster: clusterOf(config) })),
      dynamic_warming_clusters: envoy.clusters
        .filter(({ isWarm }) => !isWarm)
        .map(({ config }) => ({ version_info: cluster.version, cluster: clusterOf(config) })),
    },
    ...(includeEndpoints
      ? [
          {
            '@type': `${ADMIN_TYPE}.EndpointsConfigDump`,
            dynamic_endpoint_configs: envoy.clusters
              .filter(({ config }) => config.type === 'EDS')
              .map(eds => ({ version_info: endpoint.version, endpoint_config: endpointsOf(eds) })),
          },
        ]
      : []),
    {
      '@type': `${ADMIN_TYPE}.ListenersConfigDump`,
      version_info: listener.version,
      dynamic_listeners: envoy.listeners.map(({ config }) => ({
        name: config.name,
        active_state: { version_info: listener.version, listener: listenerOf(config) },
      })),
    },
    {
      '@type': `${ADMIN_TYPE}.RoutesConfigDump`,
      dynamic_route_configs: envoy.routes.map(config => ({
        version_info: route.version,
        route_config: routesOf(config),
      })),
    },
    { '@type': `${ADMIN_TYPE}.SecretsConfigDump`, dynamic_active_secrets: secretsOf(envoy) },
  ];
  if (resource === undefined) return { configs };
  const found = configs.flatMap(config => (Array.isArray(config[resource]) ? config[resource] : []));
  return { configs: found };
}

/** Certificates, never the key: Envoy leaves it out too. */
function secretsOf({ identity }: Envoy) {
  if (!identity) return [];
  const inline = (pem: string) => ({ inline_bytes: Buffer.from(pem).toString('base64') });
  return [
    {
      name: 'default',
      secret: {
        name: 'default',
        tls_certificate: {
          certificate_chain: inline(identity.chainPem),
          private_key: { inline_bytes: Buffer.from('[redacted]').toString('base64') },
        },
      },
    },
    {
      name: 'ROOTCA',
      secret: { name: 'ROOTCA', validation_context: { trusted_ca: inline(identity.rootPem) } },
    },
  ];
}
