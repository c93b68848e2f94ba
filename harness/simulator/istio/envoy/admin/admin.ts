/** Envoy's administration interface on 127.0.0.1:15000: everything is read from what runs. */
import type { XdsNode } from '../../xds/node.ts';
import type { Envoy } from '../envoy.ts';
import { certificates } from './certificates-page.ts';
import { clusterStatus, clustersText } from './clusters-page.ts';
import { configDump } from './config-dump.ts';
import { openHttpService, type ServiceAnswer } from './http-service.ts';
import { socketAddress } from './protobuf-json.ts';
import { statsOf } from './stats.ts';

/** Port of the administration, on 127.0.0.1 only. */
export const ADMIN_PORT = 15000;

/** Paths that the real interface has and this one does not. */
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

/**
 * Serves the interface until it is closed.
 * @param statsPrefixes - see `statsOf`
 * @throws an Error with code EADDRINUSE
 */
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
      local_address: socketAddress(config.address, config.port),
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
