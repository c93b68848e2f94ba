/** The page `/certs`: the certificate that the workload uses, and the root that it trusts. */
import { X509Certificate } from 'node:crypto';
import { urisOf } from '../environment/workload-identity.ts';
import type { Envoy } from '../envoy.ts';

/**
 * Lists the chain and the root. The end of life is the real one, which the agent keeps beside the
 * certificate; the dates in the certificate are wide, so that OpenSSL accepts them whatever the world's clock
 * says.
 */
export function certificates({ identity, options }: Envoy) {
  if (!identity) return { certificates: [] };
  const describe = (pem: string, expiresMs: number) => {
    const certificate = new X509Certificate(pem);
    return {
      path: '<inline>',
      serial_number: certificate.serialNumber.toLowerCase(),
      subject_alt_names: urisOf(certificate.subjectAltName).map(uri => ({ uri })),
      days_until_expiration: String(Math.max(0, Math.floor((expiresMs - options.clock.now()) / 86_400_000))),
      valid_from: new Date(certificate.validFrom).toISOString(),
      expiration_time: new Date(expiresMs).toISOString(),
    };
  };
  const root = new X509Certificate(identity.rootPem);
  return {
    certificates: [
      {
        ca_cert: [describe(identity.rootPem, new Date(root.validTo).getTime())],
        cert_chain: [describe(identity.chainPem, identity.notAfterMs)],
      },
    ],
  };
}
