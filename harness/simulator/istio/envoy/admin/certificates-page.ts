/** The page `/certs`: the certificate that the workload uses, and the root that it trusts. */
import { X509Certificate } from 'node:crypto';
import { urisOf } from '../environment/workload-identity.ts';
import type { Envoy } from '../envoy.ts';

/** How long before its issue a certificate begins (security/pkg/pki/util/generate_cert.go). */
const CLOCK_SKEW_GRACE_MS = 120_000;

/** A period in milliseconds since the epoch. */
interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Lists the chain and the root, once for each TLS context. The chain's period is the real one, which the
 * agent keeps beside the certificate; the dates in the certificate are wide, so that OpenSSL accepts them
 * whatever the world's clock says.
 */
export function certificates(envoy: Envoy) {
  const { identity, identitySinceMs, options } = envoy;
  if (!identity) return { certificates: [] };
  const root = new X509Certificate(identity.rootPem);
  const now = options.clock.now();
  const entry = {
    ca_cert: [describe(root, { fromMs: Date.parse(root.validFrom), toMs: Date.parse(root.validTo) }, now)],
    cert_chain: [
      describe(
        new X509Certificate(identity.chainPem),
        { fromMs: identitySinceMs - CLOCK_SKEW_GRACE_MS, toMs: identity.notAfterMs },
        now,
      ),
    ],
  };
  return { certificates: Array.from({ length: Math.max(1, contextsOf(envoy)) }, () => entry) };
}

function describe(certificate: X509Certificate, { fromMs, toMs }: Validity, nowMs: number) {
  return {
    path: '<inline>',
    serial_number: certificate.serialNumber.toLowerCase(),
    subject_alt_names: urisOf(certificate.subjectAltName).map(uri => ({ uri })),
    days_until_expiration: String(Math.max(0, Math.floor((toMs - nowMs) / 86_400_000))),
    valid_from: timeOf(fromMs),
    expiration_time: timeOf(toMs),
  };
}

/** `2026-11-28T01:44:02Z`: certificates know no fractions of a second. */
const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Counts the ways into mTLS: of clusters, and of filter chains. */
function contextsOf({ clusters, listeners }: Envoy): number {
  const upstream = clusters.flatMap(({ config }) => config.transportSocketMatches ?? []);
  const downstream = listeners.flatMap(({ config }) => config.filterChains);
  return (
    upstream.filter(({ tls }) => tls).length + downstream.filter(({ downstreamTls }) => downstreamTls).length
  );
}
