/** Whether the proxy is ready, and why not, in the words of the agent's log. */

import type { IstioBehaviour } from '../behaviour.ts';
import type { Envoy } from '../envoy/envoy.ts';

/**
 * pilot/cmd/pilot-agent/status/ready/probe.go @1.8.0: one push of clusters and of listeners, then the state.
 * @returns undefined if it is ready
 */
export function unreadiness(envoy: Envoy, behaviour: IstioBehaviour): string | undefined {
  const { cluster, listener } = envoy.updates;
  if (cluster.successful === 0 || listener.successful === 0) {
    return `${behaviour.notReadyReason}: cds updates: ${cluster.successful} successful, ${cluster.rejected} rejected; lds updates: ${listener.successful} successful, ${listener.rejected} rejected`;
  }
  return envoy.state === 'LIVE' ? undefined : `server is not live, current state is: ${envoy.state}`;
}
