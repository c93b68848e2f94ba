/** Envoy's administration interface on 127.0.0.1:15000: everything is read from what runs. */
import type { XdsNode } from '../../xds/node.ts';
import type { Envoy } from '../envoy.ts';
import { RUNTIME } from './bootstrap.ts';
import { certificates } from './certificates-page.ts';
import { clusterStatuses, clustersText } from './clusters-page.ts';
import { configDump } from './config-dump.ts';
import { openHttpService, type ServiceAnswer } from './http-service.ts';
import { listenerStatuses, listenersText } from './listeners-page.ts';
import { LogLevels } from './log-levels.ts';
import { MEMORY, serverInfo } from './server-pages.ts';
import { statsPage } from './stats-page.ts';

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
  '/quitquitquit',
  '/reopen_logs',
  '/reset_counters',
  '/runtime_modify',
  '/stats/recentlookups',
]);

/** Paths that change something (source/server/admin/admin.cc, mutates_server_state @v1.16.0). */
const CHANGING = new Set([
  '/cpuprofiler',
  '/drain_listeners',
  '/healthcheck/fail',
  '/healthcheck/ok',
  '/heapprofiler',
  '/logging',
  '/quitquitquit',
  '/reopen_logs',
  '/reset_counters',
  '/runtime_modify',
]);

type Page = (query: URLSearchParams) => ServiceAnswer;

/**
 * Serves the interface until it is closed.
 * @param statsPrefixes - see `statsOf`
 * @throws an Error with code EADDRINUSE
 */
export function openAdmin(envoy: Envoy, node: XdsNode, statsPrefixes: readonly string[]): { close(): void } {
  const { network, clock } = envoy.options;
  const pages = new Map(Object.entries(pagesOf(envoy, node, statsPrefixes)));
  return openHttpService(
    { network, clock, port: ADMIN_PORT, address: '127.0.0.1', server: 'envoy' },
    ({ method, path, query }) => {
      if (CHANGING.has(path) && method !== 'POST')
        return { status: 405, body: `Method ${method} not allowed, POST required.` };
      if (NOT_SIMULATED.has(path)) return { status: 501, body: `${path} is not simulated\n` };
      return pages.get(path)?.(query) ?? { status: 404, body: `invalid path. admin commands are:\n${HELP}` };
    },
  );
}

/** The pages by their paths. */
function pagesOf(envoy: Envoy, node: XdsNode, statsPrefixes: readonly string[]): Record<string, Page> {
  const levels = new LogLevels();
  const help = () => text(HELP);
  return {
    '/': help,
    '/certs': () => escaped(json(certificates(envoy))),
    '/clusters': query => (isJson(query) ? json(clusterStatuses(envoy)) : text(clustersText(envoy))),
    '/config_dump': query =>
      json(
        configDump(envoy, node, {
          includeEndpoints: query.has('include_eds'),
          resource: query.get('resource') ?? undefined,
        }),
      ),
    '/help': help,
    '/listeners': query =>
      isJson(query) ? json({ listener_statuses: listenerStatuses(envoy) }) : text(listenersText(envoy)),
    '/logging': query => levels.answer(query),
    '/memory': () => json(MEMORY),
    '/ready': () => ({ status: envoy.state === 'LIVE' ? 200 : 503, body: `${envoy.state}\n` }),
    '/runtime': () => json(RUNTIME),
    '/server_info': () => json(serverInfo(envoy, node)),
    '/stats': query => statsPage(envoy, query, statsPrefixes),
    '/stats/prometheus': () => statsPage(envoy, new URLSearchParams('format=prometheus'), statsPrefixes),
  };
}

const HELP = `  /certs: print certs on machine
  /clusters: upstream cluster status
  /config_dump: dump current Envoy configs (experimental)
  /help: print out list of admin commands
  /listeners: print listener info
  /logging (POST): query/change logging levels
  /memory: print current allocation/heap usage
  /ready: print server state, return 200 if LIVE, otherwise return 503
  /runtime: print runtime values
  /server_info: print server version/status information
  /stats: print server stats
  /stats/prometheus: print server stats in prometheus format
`;

const isJson = (query: URLSearchParams): boolean => query.get('format') === 'json';
const text = (body: string): ServiceAnswer => ({ status: 200, body });
const json = (value: unknown): ServiceAnswer => ({
  status: 200,
  body: `${JSON.stringify(value, null, 1)}\n`,
  contentType: 'application/json',
});
/** As protobuf's JSON has angle brackets: `\\u003cinline\\u003e`. */
const escaped = (answer: ServiceAnswer): ServiceAnswer => ({
  ...answer,
  body: answer.body.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'),
});
