/** How a route retries, to envoy.config.route.v3.RetryPolicy and back. */

import type { ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { durationOf, emptyAny, millisecondsOf, uint32Of, wrapped } from '../proto/well-known.ts';
import { RETRY_CONDITIONS, type RetryCondition, type RetryPolicy } from '../retry-policy.ts';
import { extensionOf, noImplementation } from './extensions.ts';
import { TYPES } from './type-names.ts';

/** Envoy's, where the policy has none: num_retries and host_selection_retry_max_attempts. */
const DEFAULT_RETRIES = 1;
const DEFAULT_SELECTIONS = 1;

/**
 * Words that Envoy knows (source/common/router/retry_state_impl.cc@v1.30) and that would make it retry what
 * the simulated one does not.
 */
const NOT_SIMULATED: readonly string[] = [
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
];
const isCondition = (word: string): word is RetryCondition =>
  RETRY_CONDITIONS.some(condition => condition === word);

const PREVIOUS_HOSTS: ProtoMessage = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typed_config: emptyAny(TYPES.previousHosts),
};

/** Returns route.v3.RetryPolicy (pilot/pkg/networking/core/route/retry/retry.go @1.30.3). */
export const retryPolicyOf = (policy: RetryPolicy): ProtoMessage => ({
  retry_on: policy.retryOn.join(','),
  num_retries: wrapped(policy.numRetries),
  ...(policy.perTryTimeoutMs !== undefined && { per_try_timeout: durationOf(policy.perTryTimeoutMs) }),
  ...(policy.backOffMs !== undefined && {
    retry_back_off: { base_interval: durationOf(policy.backOffMs) },
  }),
  ...(policy.hostSelectionRetryMaxAttempts > 0 && {
    retry_host_predicate: [PREVIOUS_HOSTS],
    host_selection_retry_max_attempts: policy.hostSelectionRetryMaxAttempts,
  }),
  retriable_status_codes: policy.retriableStatusCodes,
});

/** Reads route.v3.RetryPolicy. @throws Refusal for conditions that are not simulated */
export function readRetryPolicy(fields: Fields): RetryPolicy {
  const words = fields.string('retry_on').split(',');
  const predicates = fields.messages('retry_host_predicate', readPredicate);
  const backOffMs = fields.message('retry_back_off', readBackOff);
  fields.pass('retry_priority', 'priorities are taken in their order');
  const perTryTimeoutMs = fields.message('per_try_timeout', millisecondsOf);
  const selections = fields.number('host_selection_retry_max_attempts') || DEFAULT_SELECTIONS;
  return {
    numRetries: fields.message('num_retries', uint32Of) ?? DEFAULT_RETRIES,
    retryOn: words
      .map(word => word.trim())
      .filter(word => word !== '')
      .filter(word => isExecuted(fields, word))
      .filter(isCondition),
    retriableStatusCodes: fields.numbers('retriable_status_codes'),
    ...(perTryTimeoutMs !== undefined && { perTryTimeoutMs }),
    ...(backOffMs !== undefined && { backOffMs }),
    hostSelectionRetryMaxAttempts: predicates.some(Boolean) ? selections : 0,
  };
}

/** @throws Refusal for a longest pause of its own: it is ten times the base interval */
function readBackOff(fields: Fields): number | undefined {
  if (fields.has('max_interval')) throw new Refusal(`${fields.type}: max_interval is not simulated`);
  return fields.message('base_interval', millisecondsOf);
}

function isExecuted(fields: Fields, word: string): boolean {
  if (isCondition(word)) return true;
  if (NOT_SIMULATED.includes(word)) throw new Refusal(`${fields.type}: retry_on ${word} is not simulated`);
  fields.note(`retry_on ${word}`, 'Envoy passes over words that it does not know');
  return false;
}

/** @returns whether it is one that is executed */
function readPredicate(fields: Fields): boolean {
  const extension = extensionOf(fields);
  if (!extension) return false;
  const { type, value } = extension.packed;
  if (type !== TYPES.previousHosts) noImplementation(extension);
  return Fields.read(type, value, fields.reading, () => true);
}
