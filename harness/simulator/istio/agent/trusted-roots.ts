/**
 * What a workload trusts: the root that came with its certificate, and those that istiod tells beside it.
 * security/pkg/nodeagent/cache/secretcache.go (mergeConfigTrustBundle), pkg/istio-agent/xds_proxy.go @1.30.3
 */
import { pemBlocks } from '../../../base/pem.ts';
import type { WorkloadIdentity } from '../envoy/environment/workload-identity.ts';
import { decodeMessage } from '../xds/proto/decode-message.ts';

/** Puts the two together, whichever comes first. */
export class TrustedRoots {
  readonly #use: (identity: WorkloadIdentity) => void;
  #identity: WorkloadIdentity | undefined;
  #told: readonly string[] = [];

  /** @param use - takes the identity with all roots, whenever either has changed */
  constructor(use: (identity: WorkloadIdentity) => void) {
    this.#use = use;
  }

  /** Takes a certificate with its root. */
  setIdentity(identity: WorkloadIdentity): void {
    this.#identity = identity;
    this.#apply();
  }

  /**
   * Takes the roots that istiod tells.
   * @param body - an encoded `ProxyConfig`
   * @throws Refusal if it is none
   */
  setBundle(body: Uint8Array): void {
    const pems = decodeMessage('istio.mesh.v1alpha1.ProxyConfig', body).fields.get('ca_certificates_pem');
    const told = (Array.isArray(pems) ? pems : []).flatMap(pem => pemBlocks(String(pem)));
    if (told.join('') === this.#told.join('')) return;
    this.#told = told;
    this.#apply();
  }

  #apply(): void {
    if (!this.#identity) return;
    const all = new Set([...pemBlocks(this.#identity.rootPem), ...this.#told]);
    const rootPem = this.#told.length === 0 ? this.#identity.rootPem : [...all].sort().join('');
    this.#use({ ...this.#identity, rootPem });
  }
}
