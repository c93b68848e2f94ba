/** What log, metrics and trace say of pushes, and of the answers of proxies. */
import type { XdsNote } from '../../../program.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { ResourceType } from '../../xds/resources.ts';
import { SHORT_NAMES } from '../../xds/wire.ts';
import type { Answer, ProxyConnection } from './proxy-connection.ts';

/** Who hears of pushes and answers. */
export interface PushObservers {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly trace?: (note: XdsNote) => void;
}

/** @param push - `fragment` holds its resources, as JSON without the brackets of the list */
export function recordPush(
  { log, metrics, trace }: PushObservers,
  proxy: string,
  push: { readonly type: ResourceType; readonly version: string; readonly fragment: string },
): void {
  const type = SHORT_NAMES[push.type];
  metrics.add('pilot_xds_pushes', { type });
  log.info(`${type.toUpperCase()}: PUSH for node:${proxy}`);
  if (!trace) return; // names cost a parse
  trace({ kind: 'xds', proxy, type, version: push.version, outcome: 'PUSH', names: namesIn(push.fragment) });
}

/** Records an acknowledgement, or a refusal with its reason. */
export function recordAnswer(
  { log, metrics, trace }: PushObservers,
  { id, proxy }: ProxyConnection,
  answer: Answer,
): void {
  const { version, refusal } = answer;
  const type = SHORT_NAMES[answer.type];
  trace?.({
    kind: 'xds',
    proxy: proxy.id,
    type,
    version,
    outcome: refusal === undefined ? 'ACK' : 'NACK',
    ...(refusal !== undefined && { error: refusal }),
  });
  if (refusal === undefined) return;
  metrics.add('pilot_total_xds_rejects');
  log.warn(`ADS:${type.toUpperCase()}: ACK ERROR ${id} Internal:${refusal}`);
}

/** Reads the names of a push's resources, which is JSON of our own making. Endpoints have their cluster's. */
const namesIn = (fragment: string): readonly string[] =>
  (JSON.parse(`[${fragment}]`) as { readonly name?: string; readonly clusterName?: string }[]).map(
    ({ name, clusterName }) => name ?? clusterName ?? '',
  );
