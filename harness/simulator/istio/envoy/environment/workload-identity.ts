/** Who a workload is: its certificate, what TLS makes of it, and the identity that a peer has proved. */
import { constants } from 'node:crypto';
import tls from 'node:tls';

/** What the CA gave to the agent (Envoy's secrets `default` and `ROOTCA`). */
export interface WorkloadIdentity {
  readonly privateKeyPem: string;
  /** Leaf first. */
  readonly chainPem: string;
  readonly rootPem: string;
  /** End of the real lifetime, on the world's clock; what stands in the certificate lies far behind it. */
  readonly notAfterMs: number;
}

/** The identity that the other side of a mutual TLS connection has proved. */
export interface PeerIdentity {
  /** `spiffe://cluster.local/ns/sample/sa/sleep`. */
  readonly uri: string;
  /** SHA-256 of the certificate, hex. */
  readonly hash: string;
  readonly subject: string;
  /** The SPIFFE identity that we have shown in turn. */
  readonly localUri: string;
}

/**
 * Prepares TLS 1.3, and no other version, for both directions. Unlike this, Envoy 1.16 offers 1.2 upstream.
 * Its client judges the server's certificate as it comes; Node's does so when the handshake is over, which in
 * 1.2 is after the server has judged the client. With 1.3 the same side as in Envoy is the first to refuse.
 */
export function secureContextOf(identity: WorkloadIdentity): tls.SecureContext {
  return tls.createSecureContext({
    key: identity.privateKeyPem,
    cert: identity.chainPem,
    ca: identity.rootPem,
    minVersion: 'TLSv1.3',
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
}

/**
 * Reads the identity behind a connection whose certificate has been verified. Not by getPeerX509Certificate,
 * which copies the certificates of the issuers first, at three times the price.
 */
export function peerOf(socket: tls.TLSSocket, localUri: string): PeerIdentity {
  // Without a certificate Node returns an object with nothing in it, whatever its types say.
  const { subject, subjectaltname, fingerprint256 }: Partial<tls.PeerCertificate> =
    socket.getPeerCertificate(false);
  return {
    uri: urisOf(subjectaltname)[0] ?? '',
    hash: fingerprint256?.replaceAll(':', '').toLowerCase() ?? '',
    // In Istio's certificates it is empty.
    subject: Object.entries(subject ?? {})
      .flatMap(([name, values]) => [values].flat().map(value => `${name}=${value}`))
      .join(','),
    localUri,
  };
}

/**
 * Picks the URIs out of a certificate's names.
 * @param subjectAltName - as Node prints it: `URI:spiffe://…, DNS:…`
 */
export function urisOf(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter(name => name.startsWith('URI:'))
    .map(name => name.slice(4));
}
