/** What log, metrics and trace say of pushes, and of the answers of proxies. */
import type { XdsNote } from '../../../program.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { AdsAnswer } from '../../xds/ads/server-stream.ts';
import { shortNameOf } from '../../xds/wire/types.ts';
import type { ProxyIdentity, SentResponse } from './proxy-connection.ts';

/** Who hears of pushes and answers. */
export interface PushObservers {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly trace?: (note: XdsNote) => void;
}

/** Records a response that leaves. */
export function recordPush(
  { log, metrics, trace }: PushObservers,
  proxy: string,
  version: string,
  { typeUrl, resources }: SentResponse,
): void {
  const type = shortNameOf(typeUrl);
  metrics.add('pilot_xds_pushes', { type });
  log.info(`${type.toUpperCase()}: PUSH for node:${proxy}`);
  trace?.({
    kind: 'xds',
    proxy,
    type,
    version: pushOf(version),
    outcome: 'PUSH',
    names: resources.map(({ name }) => name),
    bytes: resources.reduce((sum, { body }) => sum + body.length, 0),
  });
}

/** Records an acknowledgement, or a refusal with its reason. */
export function recordAnswer(
  { log, metrics, trace }: PushObservers,
  { id, proxy }: ProxyIdentity,
  { typeUrl, version, error }: AdsAnswer,
): void {
  const type = shortNameOf(typeUrl);
  trace?.({
    kind: 'xds',
    proxy: proxy.id,
    type,
    version: pushOf(version),
    outcome: error ? 'NACK' : 'ACK',
    ...(error && { error: error.message }),
  });
  if (!error) return;
  metrics.add('pilot_total_xds_rejects');
  log.warn(`ADS:${type.toUpperCase()}: ACK ERROR ${id} Internal:${error.message}`);
}

/** The number of the push in a version: the same seed gives the same trace, whatever the time. */
const pushOf = (version: string): string => version.slice(version.lastIndexOf('/') + 1);
