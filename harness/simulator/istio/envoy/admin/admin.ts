/** Envoy's administration interface on 127.0.0.1:15000: everything is read from what runs. */
import { X509Certificate } from 'node:crypto';
import type { XdsNode } from '../../xds/node.ts';
import { urisOf } from '../environment/transport-security.ts';
import type { Envoy } from '../envoy.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { configDump } from './config-dump.ts';
import { openHttpService, type ServiceAnswer } from './http-service.ts';
import { statsOf } from './stats.ts';

/** Port of the administration, on 127.0.0.1 only. */
export const ADMIN_PORT = 15000;

/** What the real one has and this one has not. */
const NOT_SIMULATED = new Set([
  '/contention',
  '/cpuprofiler',
  '/drain_listeners',
  '/healthcheck/fail',
  '/healthcheck/ok',
  '/heapprofiler',
  '/hot_restart_version',
  '/init_dump',
  '/logging',
  '/memory',
  '/quitquitquit',
  '/reopen_logs',
  '/reset_counters',
  '/runtime',
  '/runtime_modify',
  '/stats/recentlookups',
]);

/** @throws an Error with code EADDRINUSE */
export function openAdmin(envoy: Envoy, node: XdsNode, statsPrefixes: readonly string[]): { close(): void } {
  const { network, clock, wording } = envoy.options;
  return openHttpService(
    { network, clock, port: ADMIN_PORT, address: '127.0.0.1', server: 'envoy' },
    ({ path, query }) => {
      const asJson = query.get('format') === 'json';
      switch (path) {
        case '/clusters':
          return asJson
            ? json({ cluster_statuses: envoy.clusters.map(clusterStatus) })
            : text(clustersText(envoy));
        case '/listeners':
          return asJson ? json({ listener_statuses: listenerStatuses(envoy) }) : text(listenersText(envoy));
        case '/config_dump':
          return json(
            configDump(envoy, node, {
              includeEndpoints: query.has('include_eds'),
              resource: query.get('resource') ?? undefined,
            }),
          );
        case '/stats':
          return statsAnswer(envoy, query, statsPrefixes);
        case '/stats/prometheus':
          return statsAnswer(envoy, new URLSearchParams('format=prometheus'), statsPrefixes);
        case '/certs':
          return json(certificates(envoy));
        case '/server_info':
          return json(serverInfo(envoy, node, wording.version));
        case '/ready':
          return { status: envoy.state === 'LIVE' ? 200 : 503, body: `${envoy.state}\n` };
        case '/help':
        case '/':
          return text(HELP);
        default:
          if (NOT_SIMULATED.has(path)) return { status: 501, body: `${path} is not simulated\n` };
          return { status: 404, body: `invalid path. admin commands are:\n${HELP}` };
      }
    },
  );
}

const HELP = `  /certs: print certs on machine
  /clusters: upstream cluster status
  /config_dump: dump current Envoy configs (experimental)
  /help: print out list of admin commands
  /listeners: print listener info
  /ready: print server state, return 200 if LIVE, otherwise return 503
  /server_info: print server version/status information
  /stats: print server stats
  /stats/prometheus: print server stats in prometheus format
`;

const text = (body: string): ServiceAnswer => ({ status: 200, body });
const json = (value: unknown): ServiceAnswer => ({
  status: 200,
  body: `${JSON.stringify(value, null, 1)}\n`,
  contentType: 'application/json',
});

/** The limits that Istio sets for each cluster; nothing here is ever held back by them. */
const CIRCUIT_BREAKERS = [
  'default_priority::max_connections::4294967295',
  'default_priority::max_pending_requests::4294967295',
  'default_priority::max_requests::4294967295',
  'default_priority::max_retries::4294967295',
  'high_priority::max_connections::1024',
  'high_priority::max_pending_requests::1024',
  'high_priority::max_requests::1024',
  'high_priority::max_retries::3',
  'added_via_api::true',
];

/** envoyproxy/envoy source/server/admin/clusters_handler.cc, writeClustersAsText @v1.16.0 */
function clustersText(envoy: Envoy): string {
  const lines: string[] = [];
  for (const { name, hosts } of envoy.clusters) {
    lines.push(`${name}::observability_name::${name}`);
    for (const limit of CIRCUIT_BREAKERS) lines.push(`${name}::${limit}`);
    for (const host of hosts) {
      const prefix = `${name}::${host.key}::`;
      for (const [stat, value] of hostStats(host)) lines.push(`${prefix}${stat}::${value}`);
      lines.push(
        `${prefix}hostname::`,
        `${prefix}health_flags::healthy`,
        `${prefix}weight::${host.weight}`,
        `${prefix}region::`,
        `${prefix}zone::`,
        `${prefix}sub_zone::`,
        `${prefix}canary::false`,
        `${prefix}priority::0`,
        `${prefix}success_rate::-1.0`,
        `${prefix}local_origin_success_rate::-1.0`,
      );
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function hostStats(host: Host): readonly (readonly [string, number])[] {
  return [
    ['cx_active', host.cxActive],
    ['cx_connect_fail', host.cxConnectFail],
    ['cx_total', host.cxTotal],
    ['rq_active', host.rqActive],
    ['rq_error', host.rqError],
    ['rq_success', host.rqSuccess],
    ['rq_timeout', host.rqTimeout],
    ['rq_total', host.rqTotal],
  ];
}

function clusterStatus({ name, hosts }: UpstreamCluster) {
  return {
    name,
    added_via_api: true,
    host_statuses: hosts.map(host => ({
      address: { socket_address: { address: host.address, port_value: host.port } },
      stats: hostStats(host).map(([stat, value]) => ({
        ...(stat.endsWith('_active') && { type: 'GAUGE' }),
        value: String(value),
        name: stat,
      })),
      health_status: { eds_health_status: 'HEALTHY' },
      weight: host.weight,
      locality: {},
    })),
  };
}

function listenersText({ listeners }: Envoy): string {
  return listeners
    .filter(({ config }) => config.bindToPort)
    .map(({ config }) => `${config.name}::${config.address}:${config.port}\n`)
    .join('');
}

function listenerStatuses({ listeners }: Envoy) {
  return listeners
    .filter(({ config }) => config.bindToPort)
    .map(({ config }) => ({
      name: config.name,
      local_address: { socket_address: { address: config.address, port_value: config.port } },
    }));
}

function statsAnswer(envoy: Envoy, query: URLSearchParams, prefixes: readonly string[]): ServiceAnswer {
  let stats = statsOf(envoy, prefixes);
  const filter = query.get('filter');
  if (filter !== null) {
    let pattern: RegExp;
    try {
      pattern = new RegExp(filter);
    } catch {
      return { status: 400, body: `Invalid regex: "${filter}"\n` };
    }
    stats = stats.filter(([name]) => pattern.test(name));
  }
  if (query.has('usedonly')) stats = stats.filter(([, value]) => value > 0);
  switch (query.get('format')) {
    case 'json':
      return json({ stats: stats.map(([name, value]) => ({ name, value })) });
    case 'prometheus':
      return text(
        stats.map(([name, value]) => `envoy_${name.replaceAll(/[^a-zA-Z0-9_]/g, '_')}{} ${value}\n`).join(''),
      );
    default:
      return text(stats.map(([name, value]) => `${name}: ${value}\n`).join(''));
  }
}

/**
 * Unlike the certificate's own dates, which OpenSSL has to accept whatever the world's clock says, the end of
 * life is the real one.
 */
function certificates({ identity, options }: Envoy) {
  if (!identity) return { certificates: [] };
  const describe = (pem: string, expiresMs: number) => {
    const certificate = new X509Certificate(pem);
    return {
      path: '<inline>',
      serial_number: certificate.serialNumber.toLowerCase(),
      subject_alt_names: urisOf(certificate.subjectAltName).map(uri => ({ uri })),
      days_until_expiration: String(Math.max(0, Math.floor((expiresMs - options.clock.now()) / 86_400_000))),
      valid_from: new Date(certificate.validFrom).toISOString(),
      expiration_time: new Date(expiresMs).toISOString(),
    };
  };
  const root = new X509Certificate(identity.rootPem);
  return {
    certificates: [
      {
        ca_cert: [describe(identity.rootPem, new Date(root.validTo).getTime())],
        cert_chain: [describe(identity.chainPem, identity.notAfterMs)],
      },
    ],
  };
}

function serverInfo(envoy: Envoy, node: XdsNode, version: string) {
  const uptime = Math.floor((envoy.options.clock.now() - envoy.startedMs) / 1000);
  return {
    version: `mesh-harness/${version}/Clean/RELEASE/BoringSSL`,
    state: envoy.state,
    hot_restart_version: 'disabled',
    command_line_options: {
      concurrency: envoy.options.workers,
      service_node: node.id,
      service_cluster: node.metadata['WORKLOAD_NAME'] ?? '',
    },
    uptime_current_epoch: `${uptime}s`,
    uptime_all_epochs: `${uptime}s`,
    node: { id: node.id, metadata: node.metadata },
  };
}
