/** Which host gets the next attempt of a request. */
import type { DownstreamConnection } from '../environment/environment.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import type { RetryState } from './retry.ts';

const NO_HOSTS: ReadonlySet<Host> = new Set();

/** Counts the attempts of one request, and remembers their hosts if there may be retries. */
export class HostSelection {
  #attempts = 0;
  #tried: Set<Host> | undefined;

  /** Includes the attempt that is under way. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Empty for a request without retries. */
  get tried(): ReadonlySet<Host> {
    return this.#tried ?? NO_HOSTS;
  }

  /**
   * Picks a host and counts the attempt; a retry avoids the hosts before it.
   * @returns undefined if the cluster has no host
   */
  next(
    cluster: UpstreamCluster,
    { worker, destination }: DownstreamConnection,
    { retries, hash }: { readonly retries: RetryState | undefined; readonly hash: bigint | undefined },
  ): Host | undefined {
    const retry =
      this.#attempts > 0 && retries
        ? { triedHosts: this.tried, maxAttempts: retries.hostSelectionMaxAttempts }
        : undefined;
    this.#attempts++;
    const host = cluster.pickHost(worker, { destination, hash }, retry);
    if (host && retries) {
      this.#tried ??= new Set();
      this.#tried.add(host);
    }
    return host;
  }
}
