/** Outlier detection to cluster.v3.OutlierDetection and back. */
import { OUTLIER_DEFAULTS, type OutlierDetection } from '../cluster-policy.ts';
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { durationOf, millisecondsOf, uint32Of, wrapped } from '../proto/well-known.ts';

/** Fields that hold a number, by ours. */
const NUMBERS = {
  consecutive5xx: 'consecutive_5xx',
  enforcing5xx: 'enforcing_consecutive_5xx',
  consecutiveGateway: 'consecutive_gateway_failure',
  enforcingGateway: 'enforcing_consecutive_gateway_failure',
  consecutiveLocal: 'consecutive_local_origin_failure',
  enforcingLocal: 'enforcing_consecutive_local_origin_failure',
  maxEjectionPercent: 'max_ejection_percent',
} as const;
/** Fields that hold a duration, by ours. */
const DURATIONS = {
  intervalMs: 'interval',
  baseEjectionMs: 'base_ejection_time',
  maxEjectionMs: 'max_ejection_time',
} as const;
const RATES = 'nobody is ejected for the share of his failures';

const entries = <T extends object>(table: T) => Object.entries(table) as [keyof T, T[keyof T]][]; // its own

/**
 * Returns the message. Shares of failures decide nothing, as istiod has it
 * (pilot/pkg/networking/core/cluster_traffic_policy.go @1.30.3, applyOutlierDetection).
 */
export function outlierDetectionOf(outlier: OutlierDetection): ProtoMessage {
  const message: Record<string, ProtoMessage | boolean> = { enforcing_success_rate: {} };
  for (const [ours, theirs] of entries(NUMBERS))
    if (outlier[ours] !== OUTLIER_DEFAULTS[ours]) message[theirs] = wrapped(outlier[ours]);
  for (const [ours, theirs] of entries(DURATIONS))
    if (outlier[ours] !== OUTLIER_DEFAULTS[ours]) message[theirs] = durationOf(outlier[ours]);
  if (outlier.splitsLocalErrors)
    Object.assign(message, {
      split_external_local_origin_errors: true,
      enforcing_local_origin_success_rate: {},
    });
  return message;
}

/** Reads the message. What is about shares of failures is noted where it would decide. */
export function readOutlierDetection(fields: Fields): OutlierDetection {
  const outlier: Record<string, number | boolean> = {};
  for (const [ours, theirs] of entries(NUMBERS))
    outlier[ours] = fields.message(theirs, uint32Of) ?? OUTLIER_DEFAULTS[ours];
  for (const [ours, theirs] of entries(DURATIONS))
    outlier[ours] = fields.message(theirs, millisecondsOf) ?? OUTLIER_DEFAULTS[ours];
  outlier['splitsLocalErrors'] = fields.boolean('split_external_local_origin_errors');
  const enforcing = fields.message('enforcing_success_rate', uint32Of) ?? 100;
  if (enforcing > 0) fields.note('enforcing_success_rate', RATES);
  const enforcingLocal = fields.message('enforcing_local_origin_success_rate', uint32Of) ?? 100;
  if (enforcingLocal > 0 && outlier['splitsLocalErrors'])
    fields.note('enforcing_local_origin_success_rate', RATES);
  // Each field of the type has been set above.
  return outlier as unknown as OutlierDetection;
}
