/**
 * What a client's proxy knows of HelloWorld: the endpoints and counters of its admin interface (`/clusters`,
 * in text).
 */
import type { ApiClient } from '../base/api-client.ts';
import { type ExecContext, execIn, isTrouble } from './calling.ts';
import { PAST_PROXIES } from './past-proxies.ts';
import { SIDECAR } from './workloads.ts';

/** One host of an Envoy cluster. Counters are since the proxy started. */
export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
  /** The proxy picks the endpoint in proportion to this weight. */
  readonly weight: number;
  readonly connections: number;
  readonly failedConnections: number;
  readonly requests: number;
  readonly failedRequests: number;
  /** `healthy`, or what keeps it from being picked: `/failed_outlier_check`. */
  readonly health: string;
}

/**
 * Reads `/clusters`: lines `outbound|5000||helloworld…::10.10.0.7:5000::cx_total::3` (envoyproxy/envoy
 * source/server/admin/clusters_handler.cc).
 * @param cluster - the Envoy cluster's name, or a pattern that it begins with
 * @returns the hosts, by address
 */
export function readEndpoints(text: string, cluster: string): readonly ProxyEndpoint[] {
  const hosts = new Map<string, Map<string, number>>();
  const healths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [name, host, counter, value] = line.trim().split('::');
    if (name !== cluster || host === undefined || counter === undefined || !/:\d+$/.test(host)) continue;
    const counters = hosts.get(host) ?? new Map<string, number>();
    hosts.set(host, counters);
    if (value !== undefined && counter === 'health_flags') healths.set(host, value);
    if (value !== undefined && /^\d+$/.test(value)) counters.set(counter, Number(value));
  }
  return [...hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, counters]) => {
      const colon = host.lastIndexOf(':');
      return {
        address: host.slice(0, colon),
        port: Number(host.slice(colon + 1)),
        weight: counters.get('weight') ?? 1,
        connections: counters.get('cx_total') ?? 0,
        failedConnections: counters.get('cx_connect_fail') ?? 0,
        requests: counters.get('rq_total') ?? 0,
        failedRequests: counters.get('rq_error') ?? 0,
        health: healths.get(host) ?? 'healthy',
      };
    });
}

/** The programs that can ask the admin interface: pilot-agent in every image, curl where the image has it. */
const ADMIN_QUERIES: readonly ((path: string) => readonly string[])[] = [
  path => ['pilot-agent', 'request', 'GET', path],
  path => ['curl', '-sS', ...PAST_PROXIES, `http://localhost:15000/${path}`],
];

/**
 * Asks a proxy's admin interface, from inside of its container.
 * @param path - without the leading slash: `clusters`
 * @returns undefined if the proxy does not answer
 */
export async function askProxy(
  client: ApiClient,
  at: { readonly namespace: string; readonly pod: string },
  path: string,
  context: ExecContext,
): Promise<string | undefined> {
  for (const query of ADMIN_QUERIES) {
    const outcome = await execIn(client, { ...at, container: SIDECAR }, query(path), context, 30_000);
    if (!isTrouble(outcome) && outcome.exitCode === 0) return outcome.stdout;
  }
  return undefined;
}
