/**
 * The hosts of a cluster that looks names up: STRICT_DNS has all addresses of each name, LOGICAL_DNS the
 * first of its only one (source/extensions/clusters/{strict,logical}_dns @v1.33). Unlike Envoy, it asks again
 * at the cluster's own rate, whatever the answer says of its life.
 */
import { isIPv4 } from 'node:net';
import type { Timer } from '../../../../base/clock.ts';
import type { Cluster, LbEndpoint } from '../../xds/resources.ts';
import { type EnvoyEnvironment, PROXY_UID } from '../environment/environment.ts';

/** Envoy's own: Cluster.dns_refresh_rate. */
const DEFAULT_REFRESH_MS = 5000;

/** Whether a cluster looks its hosts up. */
export const isByName = ({ type }: Pick<Cluster, 'type'>): boolean =>
  type === 'STRICT_DNS' || type === 'LOGICAL_DNS';

/** Looks up until it is stopped. */
export class DnsHosts {
  readonly #environment: EnvoyEnvironment;
  readonly #config: Cluster;
  readonly #onHosts: (endpoints: readonly LbEndpoint[]) => void;
  /** The last answers; a name that cannot be looked up any more keeps its own. */
  readonly #answers = new Map<string, readonly string[]>();
  #timer: Timer | undefined;
  #isStopped = false;

  /** @param onHosts - called after each round, also if nothing was found */
  constructor(
    environment: EnvoyEnvironment,
    config: Cluster,
    onHosts: (endpoints: readonly LbEndpoint[]) => void,
  ) {
    this.#environment = environment;
    this.#config = config;
    this.#onHosts = onHosts;
    void this.#round();
  }

  stop(): void {
    this.#isStopped = true;
    this.#environment.clock.clearTimeout(this.#timer);
  }

  /** Never rejects. */
  async #round(): Promise<void> {
    const { clock, network } = this.#environment;
    const { type, loadAssignment, dnsRefreshMs = DEFAULT_REFRESH_MS } = this.#config;
    const endpoints = loadAssignment?.endpoints ?? [];
    const names = new Set(endpoints.flatMap(({ address }) => (isIPv4(address) ? [] : [address])));
    await Promise.all(
      [...names].map(async name => {
        const found = await network.resolve(`${name.replace(/\.$/, '')}.`, PROXY_UID).catch(() => undefined);
        if (found) this.#answers.set(name, found);
      }),
    );
    if (this.#isStopped) return;
    const known = new Map<string, LbEndpoint>();
    for (const endpoint of endpoints) {
      const all = isIPv4(endpoint.address) ? [endpoint.address] : (this.#answers.get(endpoint.address) ?? []);
      for (const address of type === 'LOGICAL_DNS' ? all.slice(0, 1) : all)
        if (!known.has(`${address}:${endpoint.port}`))
          known.set(`${address}:${endpoint.port}`, { ...endpoint, address });
    }
    this.#onHosts([...known.values()]);
    if (names.size > 0) this.#timer = clock.setTimeout(() => void this.#round(), dnsRefreshMs);
  }
}
