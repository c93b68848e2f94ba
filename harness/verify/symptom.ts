/** Names what calls from one cluster showed, in the words of the failure table (`Symptom`). Pure. */
import type { PodFact } from './pods.ts';
import type { Symptom, Tally } from './traffic.ts';

export interface SymptomInput {
  /** The cluster that asks. */
  readonly from: string;
  /** Clusters with HelloWorld that did not answer, nor another that they are judged together with. */
  readonly silent: readonly string[];
  /** True if the gateways of a network that answers carry the weight of only a part of its pods. */
  readonly partlyKnown: boolean;
  readonly tally: Tally;
  readonly clientPod: PodFact | undefined;
  /**
   * Tells if the client's proxy has endpoints that are neither pods of its own cluster nor of those that
   * answered, and if one of them is the raw address of a pod behind another network. Undefined if nobody
   * could ask the proxy.
   */
  readonly remoteEndpoints: { readonly known: boolean; readonly unreachable: boolean } | undefined;
  /** Instances that no cluster has, or that run where the topology does not put their version. */
  readonly misplaced: boolean;
  /** True if the share of some cluster left its band. */
  readonly skewed: boolean;
}

/**
 * Envoy's words for a peer whose packets vanish: 1.8.0 calls a connect timeout a local reset
 * (istio/istio#32523).
 */
const VANISHED = /reset reason: (local reset|connection timeout)|upstream request timeout|^curl: \(28\)/;
/**
 * Of TLS too: since Envoy 1.38.1 a reply tells that a connection failed, no longer why. The reason is found
 * in the roots that the clusters have published (`diagnose/trust.ts`).
 */
const REFUSED = /reset reason: (?:remote )?connection (?:failure|termination)/;
const NO_ENDPOINTS = /no healthy upstream/;
/** From this many seconds on, a call has waited for Envoy's connect timeout of 10 s. */
const CONNECT_TIMEOUT_SECONDS = 9;

export function symptomOf(input: SymptomInput): Symptom {
  const { from, silent, tally, clientPod, remoteEndpoints } = input;
  if (!clientPod) return 'NOPOD';
  if (tally.requests === 0) {
    if (clientPod.isReady) return 'OTHER';
    return clientPod.hasSidecar ? 'CFG' : 'NOPOD';
  }
  const errors = tally.errors.reduce((sum, { count }) => sum + count, 0);
  const has = (pattern: RegExp) => tally.errors.some(({ error }) => pattern.test(error));
  if (errors === tally.requests && has(/^curl: \(6\)/)) return 'DNS';
  if (clientPod.hasSidecar && !clientPod.isReady && has(/^curl: \(7\)/)) return 'CFG';
  const localMissing = silent.includes(from);
  const remoteMissing = silent.some(cluster => cluster !== from);
  if (input.misplaced) return 'MISPLACED';
  if (remoteMissing && !clientPod.hasSidecar) return 'LOC-plain';
  if (remoteMissing) {
    const slow = tally.longestSeconds >= CONNECT_TIMEOUT_SECONDS;
    if (has(VANISHED) || slow) return 'B';
    if (remoteEndpoints) return !remoteEndpoints.known ? 'R' : remoteEndpoints.unreachable ? 'B' : 'X';
    if (has(REFUSED)) return 'X';
    return errors === 0 || has(NO_ENDPOINTS) ? 'R' : 'OTHER';
  }
  if (localMissing && errors === 0) return 'REMOTE-ONLY';
  if (errors > 0) return 'ERRORS';
  if (input.partlyKnown) return 'R';
  return input.skewed ? 'SKEWED' : 'BOTH';
}
