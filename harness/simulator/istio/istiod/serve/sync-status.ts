/**
 * How far each proxy is, as `istioctl proxy-status` asks for it (pilot/pkg/xds/statusgen.go @1.30.3).
 */

import type { WatchState } from '../../xds/ads/watch.ts';
import { encodeMessage, type ProtoMessage } from '../../xds/proto/encode-message.ts';
import { nodeOf } from '../../xds/proto/node.ts';
import type { AnyProxyConnection } from './proxy-connection.ts';

const CLIENT_CONFIG = 'envoy.service.status.v3.ClientConfig';
/** The type of what `encodeSyncStatus` returns. */
export const SYNC_STATUS_TYPE_URL = `type.googleapis.com/${CLIENT_CONFIG}`;

/** envoy.service.status.v3.ConfigStatus */
const STATUSES = { SYNCED: 1, NOT_SENT: 2, STALE: 3, ERROR: 4 } as const;

/** Says how far a proxy is with a type; an error lasts until the proxy accepts a response. */
function syncStatus({ sent, acked, refused }: WatchState): keyof typeof STATUSES {
  if (refused) return 'ERROR';
  if (!sent) return 'NOT_SENT';
  return acked?.nonce === sent.nonce ? 'SYNCED' : 'STALE';
}

/** Returns the bytes of an envoy.service.status.v3.ClientConfig. */
export function encodeSyncStatus({ proxy, watches }: AnyProxyConnection): Uint8Array {
  const metadata = Object.fromEntries(
    ['CLUSTER_ID', 'NAMESPACE', 'ISTIO_VERSION'].flatMap(name => {
      const value = proxy.metadata[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return encodeMessage(CLIENT_CONFIG, {
    node: nodeOf({ id: proxy.id, cluster: '', metadata }),
    generic_xds_configs: [...watches]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([typeUrl, watch]) => statusOf(typeUrl, watch)),
  });
}

function statusOf(typeUrl: string, watch: WatchState): ProtoMessage {
  const at = watch.sent && timestampOf(watch.sent.timeMs);
  return {
    type_url: typeUrl,
    config_status: STATUSES[syncStatus(watch)],
    last_updated: at,
    error_state: watch.refused && { last_update_attempt: at, details: watch.refused.message },
  };
}

const timestampOf = (ms: number): ProtoMessage => ({
  seconds: Math.floor(ms / 1000),
  nanos: (ms % 1000) * 1_000_000,
});
