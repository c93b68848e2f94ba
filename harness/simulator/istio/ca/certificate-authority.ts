/** What istiod's certificate authority signs: certificates for workloads, and istiod's own. */

import type { Authority } from '../../../base/authority.ts';
import { readCsr } from '../../../base/certificate-requests.ts';
import { issueCertificate } from '../../../base/certificates.ts';
import type { Clock } from '../../../base/clock.ts';
import { pemBlocks } from '../../../base/pem.ts';

const DAY_MS = 86_400_000;
/**
 * OpenSSL compares the dates in a certificate with the wall's clock, and the virtual clock may be ahead of
 * it. So certificates begin long before they are signed, and those of servers end long after.
 */
const WRITTEN_MARGIN_MS = 30 * DAY_MS;
const WRITTEN_LIFETIME_MS = 3650 * DAY_MS;
/**
 * security/pkg/pki/ca/ca.go: workload certificates live a day unless less is asked for, and never more than
 * 90.
 */
const MAX_LIFETIME_MS = 90 * DAY_MS;

/** Returns the dates for a certificate that is signed now. */
export const writtenValidity = (clock: Clock) => ({
  notBeforeMs: clock.now() - WRITTEN_MARGIN_MS,
  notAfterMs: clock.now() + WRITTEN_LIFETIME_MS,
});

/** A workload's certificate with its chain, PEM. */
export interface SignedWorkload {
  /** Leaf first, root last. */
  readonly certChain: readonly string[];
}

/**
 * Signs a workload's request. The caller knows the identity from the token; the names in the request do not
 * count (security/pkg/server/ca/server.go).
 * @throws Error if the request is malformed
 */
export async function signWorkload(
  authority: Authority,
  clock: Clock,
  request: { readonly csr: string; readonly identity: string; readonly lifetimeMs: number },
): Promise<SignedWorkload> {
  const { publicKeyDer } = await readCsr(request.csr);
  const lifetimeMs = Math.min(request.lifetimeMs > 0 ? request.lifetimeMs : DAY_MS, MAX_LIFETIME_MS);
  const leaf = await issueCertificate(authority, {
    publicKeyDer,
    uris: [request.identity],
    notBeforeMs: clock.now() - WRITTEN_MARGIN_MS,
    // Certificates know whole seconds only.
    notAfterMs: Math.ceil((clock.now() + lifetimeMs) / 1000) * 1000,
  });
  const above = pemBlocks(authority.chainPem);
  const roots = pemBlocks(authority.rootPem);
  // security/pkg/server/ca/server.go: the file with the roots comes last, whole; of several all are trusted.
  if (roots.length > 1) return { certChain: [leaf, ...above, roots.join('')] };
  const [root] = roots;
  if (root !== undefined && !above.includes(root)) above.push(root);
  return { certChain: [leaf, ...above] };
}

/** Issues istiod's own serving certificate with the chain that clients need, PEM. */
export async function issueServingCertificate(
  authority: Authority,
  clock: Clock,
  publicKeyDer: Buffer,
  dnsNames: readonly string[],
): Promise<string> {
  const leaf = await issueCertificate(authority, {
    publicKeyDer,
    dnsNames,
    usages: ['server'],
    ...writtenValidity(clock),
  });
  return leaf + authority.chainPem;
}

/** Writes the SPIFFE identity of a service account. */
export const spiffeId = (trustDomain: string, namespace: string, serviceAccount: string): string =>
  `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
