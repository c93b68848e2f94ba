/** The limits of a cluster to cluster.v3.CircuitBreakers and back. */

import type { ClusterLimits } from '../cluster-policy.ts';
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { uint32Of, wrapped } from '../proto/well-known.ts';

/** core.v3.RoutingPriority.DEFAULT. */
const DEFAULT_PRIORITY = 0;
/** Envoy's own (envoy/config/cluster/v3/circuit_breaker.proto). */
const DEFAULTS: ClusterLimits = { connections: 1024, pendingRequests: 1024, requests: 1024, retries: 3 };

/** Returns cluster.v3.CircuitBreakers. */
export const circuitBreakersOf = (limits: ClusterLimits): ProtoMessage => ({
  thresholds: [
    {
      max_connections: wrapped(limits.connections),
      max_pending_requests: wrapped(limits.pendingRequests),
      max_requests: wrapped(limits.requests),
      max_retries: wrapped(limits.retries),
    },
  ],
});

const UNHEEDED = 'limits are those of a cluster, of connections and requests';

/** Reads the limits of a cluster. */
export function readCircuitBreakers(cluster: Fields): ClusterLimits | undefined {
  const thresholds = cluster.message('circuit_breakers', breakers => {
    breakers.pass('per_host_thresholds', UNHEEDED);
    return breakers.messages('thresholds', readThreshold);
  });
  if (!thresholds) return undefined;
  return thresholds.find(({ priority }) => priority === DEFAULT_PRIORITY)?.limits ?? DEFAULTS;
}

function readThreshold(threshold: Fields) {
  const limit = (name: string) => threshold.message(name, uint32Of);
  for (const name of ['track_remaining', 'retry_budget', 'max_connection_pools'])
    threshold.pass(name, UNHEEDED);
  return {
    priority: threshold.number('priority'),
    limits: {
      connections: limit('max_connections') ?? DEFAULTS.connections,
      pendingRequests: limit('max_pending_requests') ?? DEFAULTS.pendingRequests,
      requests: limit('max_requests') ?? DEFAULTS.requests,
      retries: limit('max_retries') ?? DEFAULTS.retries,
    },
  };
}
