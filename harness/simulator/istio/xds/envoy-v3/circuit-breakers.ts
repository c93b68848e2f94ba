/** The limits of a cluster to cluster.v3.CircuitBreakers and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { uint32Of, wrapped } from '../proto/well-known.ts';
import type { ClusterLimits } from '../resources.ts';

/** core.v3.RoutingPriority.DEFAULT. */
const DEFAULT_PRIORITY = 0;
/** The largest that can be said, which stands for none. */
const NO_LIMIT = 4_294_967_295;
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

const UNHEEDED = 'limits of connections and requests are shown only';

/** Reads the limits of a cluster, which are shown; one that a request could meet is noted. */
export function readCircuitBreakers(cluster: Fields): ClusterLimits | undefined {
  const thresholds = cluster.message('circuit_breakers', breakers => {
    breakers.pass('per_host_thresholds', UNHEEDED);
    return breakers.messages('thresholds', readThreshold);
  });
  if (!thresholds) return undefined;
  const limits = thresholds.find(({ priority }) => priority === DEFAULT_PRIORITY)?.limits ?? DEFAULTS;
  if (Object.values(limits).some(limit => limit < NO_LIMIT)) cluster.note('circuit_breakers', UNHEEDED);
  return limits;
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
