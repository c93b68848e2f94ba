/** The answers that Envoy gives by itself, word for word. */
import type { EnvoyWording } from '../../behaviour.ts';
import type { ResetReason } from './retry.ts';

/** An answer that no upstream gave. */
export interface LocalReply {
  readonly status: number;
  /** Plain text without a line break at its end; empty: no body. */
  readonly body: string;
  /** Envoy's response flags, for logs. */
  readonly flags: string;
  /** Says `x-envoy-overloaded`. */
  readonly isOverload?: true;
}

/** No virtual host or route matches the request. */
export const NO_ROUTE: LocalReply = { status: 404, body: '', flags: 'NR' };
/** The route names a cluster that istiod has not sent. */
export const NO_CLUSTER: LocalReply = { status: 503, body: '', flags: 'NC' };
/** The path cannot be normalized, or says more than a path (path_normalization_failed). */
export const BAD_PATH: LocalReply = { status: 400, body: '', flags: 'DPE' };
/** The cluster has no endpoints. */
export const NO_HEALTHY_UPSTREAM: LocalReply = { status: 503, body: 'no healthy upstream', flags: 'UH' };
/** A policy of access refuses the request (source/extensions/filters/http/rbac/rbac_filter.cc @v1.30). */
export const ACCESS_DENIED: LocalReply = { status: 403, body: 'RBAC: access denied', flags: 'UAEX' };
/** A fault of the route (source/extensions/filters/http/fault/fault_filter.cc @v1.30). */
export const faultAbort = (status: number): LocalReply => ({
  status,
  body: 'fault filter abort',
  flags: 'FI',
});
/** The route's timeout has passed. */
export const REQUEST_TIMEOUT: LocalReply = { status: 504, body: 'upstream request timeout', flags: 'UT' };
/** Unlike Envoy, which passes WebSockets and other upgrades on. */
export const UPGRADE_NOT_SIMULATED: LocalReply = {
  status: 501,
  body: 'a protocol upgrade through the proxy is not simulated',
  flags: 'DC',
};

/**
 * Makes the reply to a request whose upstream gave no response (envoyproxy/envoy
 * source/common/router/router.cc, onUpstreamReset and source/common/http/utility.cc, resetReasonToString).
 * @param detail - the transport failure reason; empty if there is none
 * @param isRetry - whether the attempt that failed was not the first
 * @param retriesExhausted - whether it would have been retried once more
 */
export function upstreamResetReply(
  wording: EnvoyWording,
  reason: ResetReason,
  detail: string,
  { isRetry, retriesExhausted }: { readonly isRetry: boolean; readonly retriesExhausted: boolean },
): LocalReply {
  const retried = isRetry && wording.tellsRetry ? 'retried and the latest ' : '';
  const transport = detail === '' ? '' : `, transport failure reason: ${detail}`;
  return {
    status: reason === 'protocol-error' ? wording.protocolErrorStatus : 503,
    body: `upstream connect error or disconnect/reset before headers. ${retried}reset reason: ${reasonText(wording, reason)}${transport}`,
    flags: `${flagOf(wording, reason)}${retriesExhausted ? ',URX' : ''}`,
    ...(reason === 'overflow' && { isOverload: true }),
  };
}

function reasonText(wording: EnvoyWording, reason: ResetReason): string {
  switch (reason) {
    case 'connect-failure':
      return wording.connectionFailure;
    case 'connect-timeout':
      return wording.connectTimeout;
    case 'connection-termination':
      return 'connection termination';
    case 'protocol-error':
      return 'protocol error';
    case 'overflow':
      return 'overflow';
  }
}

function flagOf(wording: EnvoyWording, reason: ResetReason): string {
  switch (reason) {
    case 'connect-failure':
      return 'UF';
    case 'connect-timeout':
      return wording.connectTimeout === 'local reset' ? 'LR' : 'UF';
    case 'connection-termination':
      return 'UC';
    case 'protocol-error':
      return 'UPE';
    case 'overflow':
      return 'UO';
  }
}
