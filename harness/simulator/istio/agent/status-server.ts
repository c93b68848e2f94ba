/**
 * The agent's own port 15020, and Envoy's 15021 in front of it: health, the application's probes, statistics.
 */
import http from 'node:http';
import type { ProcessContext } from '../../program.ts';
import { openHttpService, type ServiceAnswer, type ServiceHandler } from '../envoy/admin/http-service.ts';
import { prometheusStats } from '../envoy/admin/stats.ts';
import { PROXY_UID } from '../envoy/environment/environment.ts';
import type { Envoy } from '../envoy/envoy.ts';
import type { Log } from '../log.ts';
import { readText } from '../read-text.ts';
import { unreadiness } from './readiness.ts';
import type { AgentSettings } from './settings.ts';

const STATUS_PORT = 15020;
const HEALTH_PORT = 15021;
const PROMETHEUS_PORT = 15090;
const PROBE_TIMEOUT_MS = 10_000;

/** @throws an Error with code EADDRINUSE */
export function openStatusServers(
  context: ProcessContext,
  settings: AgentSettings,
  envoy: Envoy,
  log: Log,
  onQuit: () => void,
): { close(): void } {
  const { network, clock } = context;
  const ready = readinessProbe(envoy, settings, log);
  const metrics = () => answer(200, prometheusStats(envoy, settings.statsPrefixes));
  const status: ServiceHandler = ({ method, path }) => {
    if (path === '/healthz/ready') return ready();
    if (path === '/stats/prometheus') return metrics();
    if (path.startsWith('/app-health/')) return probeApplication(context, settings, path);
    return path === '/quitquitquit' ? quit(method, onQuit) : undefined;
  };
  return serveAll([
    openHttpService({ network, clock, port: STATUS_PORT }, status),
    openHttpService({ network, clock, port: HEALTH_PORT, server: 'envoy' }, ({ path }) =>
      path === '/healthz/ready' ? ready() : undefined,
    ),
    openHttpService({ network, clock, port: PROMETHEUS_PORT, server: 'envoy' }, ({ path }) =>
      path === '/stats/prometheus' ? metrics() : undefined,
    ),
  ]);
}

/** Makes several services one, which closes them all. */
const serveAll = (services: readonly { close(): void }[]): { close(): void } => ({
  close: () => {
    for (const service of services) service.close();
  },
});

const answer = (status: number, body = ''): ServiceAnswer => ({ status, body });

/** Returns what answers `/healthz/ready`. The log tells of each change to ready and of every refusal. */
function readinessProbe(envoy: Envoy, settings: AgentSettings, log: Log): () => ServiceAnswer {
  let wasReady = false;
  return () => {
    const reason = unreadiness(envoy, settings.behaviour);
    if (reason !== undefined) {
      log.warn(`Envoy proxy is NOT ready: ${reason}`);
      wasReady = false;
      return answer(503);
    }
    if (!wasReady) log.info('Envoy proxy is ready');
    wasReady = true;
    return answer(200);
  };
}

/** Ends the agent for a POST; any other method is refused. */
function quit(method: string | undefined, onQuit: () => void): ServiceAnswer {
  if (method !== 'POST') return answer(405, 'Method Not Allowed\n');
  onQuit();
  return answer(200, 'OK');
}

/**
 * The kubelet asks the agent, which asks the application, past the redirect
 * (pilot/cmd/pilot-agent/status/server.go, handleAppProbe).
 * Unlike Istio, only httpGet over HTTP is simulated.
 */
function probeApplication(
  context: ProcessContext,
  { appProbes, behaviour }: AgentSettings,
  path: string,
): Promise<ServiceAnswer> | ServiceAnswer {
  const probe = appProbes[path];
  if (probe === null || typeof probe !== 'object') return answer(404, `no prober for ${path}\n`);
  const get = 'httpGet' in probe ? probe.httpGet : undefined;
  if (get === null || typeof get !== 'object' || ('scheme' in get && get.scheme === 'HTTPS'))
    return answer(501, 'only httpGet probes over HTTP are simulated\n');
  const port = 'port' in get ? Number(get.port) : 80;
  const target = 'path' in get ? String(get.path) : '/';
  const address = behaviour.inbound.upstream === 'loopback' ? '127.0.0.1' : context.network.address;
  return new Promise(resolve => {
    const socket = context.network.connect(address, port, { uid: PROXY_UID });
    const fail = () => resolve(answer(500));
    const timer = context.clock.setTimeout(() => socket.destroy(), PROBE_TIMEOUT_MS);
    socket.once('close', () => context.clock.clearTimeout(timer));
    const request = http.request({ createConnection: () => socket, host: address, port, path: target });
    request.on('error', fail);
    request.once('close', fail);
    request.once('response', response => {
      readText(response).then(() => resolve(answer(response.statusCode ?? 500)), fail);
    });
    request.end();
  });
}
