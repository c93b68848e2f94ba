/** Mutual TLS with the workload's certificate, in both directions, over any duplex stream. */
import { constants } from 'node:crypto';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Clock } from '../../../../base/clock.ts';
import { decodeOnlyNames } from '../../../../base/peer-names.ts';
import type { EnvoyWording } from '../../behaviour.ts';
import type { UpstreamTls } from '../../xds/resources.ts';
import type { Counters } from './counters.ts';

/** What the agent got from the CA (Envoy's secrets `default` and `ROOTCA`). */
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
  /** The SPIFFE identity that it was told in turn. */
  readonly localUri: string;
}

/** BoringSSL's codes of library 16, as they stand in Envoy's texts. */
const SSL_CODES = {
  CERTIFICATE_VERIFY_FAILED: 268435581,
  WRONG_VERSION_NUMBER: 268435703,
  SSLV3_ALERT_CERTIFICATE_EXPIRED: 268436501,
  SSLV3_ALERT_CERTIFICATE_UNKNOWN: 268436502,
  SSLV3_ALERT_BAD_CERTIFICATE: 268436498,
  TLSV1_ALERT_UNKNOWN_CA: 268436504,
  TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 268436576,
} as const;

/** A genuine certificate that belongs to another workload. */
class UnexpectedIdentityError extends Error {}

/** Both ends of mTLS, with the certificate that the agent got last. */
export class TransportSecurity {
  readonly #clock: Clock;
  readonly #wording: EnvoyWording;
  #identity: WorkloadIdentity | undefined;
  #localUri = '';
  /** Serves both directions; made once for each certificate. */
  #context: tls.SecureContext | undefined;

  constructor(clock: Clock, wording: EnvoyWording) {
    this.#clock = clock;
    this.#wording = wording;
  }

  get identity(): WorkloadIdentity | undefined {
    return this.#identity;
  }

  /** For new connections; those that exist go on with what they have. */
  setIdentity(identity: WorkloadIdentity, localUri: string): void {
    this.#identity = identity;
    this.#localUri = localUri;
    this.#context = undefined;
  }

  /**
   * Ends mTLS that a client began. A client without a certificate of the mesh is turned away.
   * @param done - called once, with undefined when there will be no connection
   */
  terminate(
    raw: Duplex,
    alpn: readonly string[],
    counters: Counters,
    done: (socket: tls.TLSSocket | undefined, peer?: PeerIdentity) => void,
  ): void {
    const identity = this.#validIdentity();
    if (!identity) {
      counters.add('ssl.connection_error');
      raw.destroy();
      done(undefined);
      return;
    }
    this.#context ??= createContext(identity);
    const socket = new tls.TLSSocket(raw, {
      isServer: true,
      secureContext: this.#context,
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: [...alpn],
    });
    let settled = false;
    const fail = (counter: string) => {
      if (settled) return;
      settled = true;
      counters.add(counter);
      socket.destroy();
      done(undefined);
    };
    socket.on('error', () => fail('ssl.connection_error'));
    socket.once('close', () => fail('ssl.connection_error'));
    socket.once('secure', () => {
      if (settled) return;
      if (verifyErrorOf(socket) !== null) {
        fail('ssl.fail_verify_error');
        return;
      }
      settled = true;
      counters.add('ssl.handshake');
      done(socket, this.#peerOf(socket));
    });
  }

  /**
   * Begins mTLS to a host. The server's chain must lead to our root, and its SPIFFE identity be one of those
   * expected.
   * @param raw - connected
   * @param done - called once; with a socket, or with Envoy's text on what went wrong (empty if the other
   *   side just closed)
   */
  originate(
    raw: Duplex,
    upstream: UpstreamTls,
    counters: Counters,
    done: (failure: string | undefined, socket?: tls.TLSSocket) => void,
  ): void {
    const identity = this.#validIdentity();
    if (!identity) {
      counters.add('ssl.connection_error');
      raw.destroy();
      done(this.#text('SSLV3_ALERT_CERTIFICATE_EXPIRED'));
      return;
    }
    this.#context ??= createContext(identity);
    const socket = decodeOnlyNames(
      tls.connect({
        socket: raw,
        secureContext: this.#context,
        servername: upstream.sni,
        ALPNProtocols: [...upstream.alpn],
        checkServerIdentity: (_host, certificate) => checkIdentity(certificate.subjectaltname, upstream),
      }),
    );
    let settled = false;
    const fail = (error: Error | undefined) => {
      if (settled) return;
      settled = true;
      counters.add('ssl.connection_error');
      if (error instanceof UnexpectedIdentityError) counters.add('ssl.fail_verify_san');
      else if (socket.authorizationError) counters.add('ssl.fail_verify_error');
      const failure = this.#describe(error, Boolean(socket.authorizationError));
      socket.destroy();
      done(failure);
    };
    socket.on('error', fail);
    socket.once('close', () => fail(undefined));
    socket.once('secureConnect', () => {
      if (settled) return;
      settled = true;
      counters.add('ssl.handshake');
      done(undefined, socket);
    });
  }

  /**
   * The certificate's own dates are for OpenSSL and the wall's clock; what counts in the world is kept beside
   * it.
   */
  #validIdentity(): WorkloadIdentity | undefined {
    return this.#identity && this.#identity.notAfterMs > this.#clock.now() ? this.#identity : undefined;
  }

  #describe(error: Error | undefined, isUnauthorized: boolean): string {
    if (error instanceof UnexpectedIdentityError)
      return this.#text('CERTIFICATE_VERIFY_FAILED', 'verify cert failed: verify SAN list');
    if (isUnauthorized)
      return this.#text('CERTIFICATE_VERIFY_FAILED', 'verify cert failed: verify certificate');
    const code = error && 'code' in error ? String(error.code) : '';
    const name = code.replace(/^ERR_SSL_/, '').replace(/^(?:TLSV13|SSL_TLSV1)_/, 'TLSV1_');
    return Object.hasOwn(SSL_CODES, name) ? this.#text(name as keyof typeof SSL_CODES) : ''; // hasOwn says so
  }

  #text(name: keyof typeof SSL_CODES, detail?: string): string {
    return this.#wording.tlsError(SSL_CODES[name], name, detail);
  }

  #peerOf(socket: tls.TLSSocket): PeerIdentity {
    const certificate = socket.getPeerX509Certificate();
    return {
      uri: urisOf(certificate?.subjectAltName)[0] ?? '',
      hash: certificate?.fingerprint256.replaceAll(':', '').toLowerCase() ?? '',
      // Node leaves it undefined if it is empty, whatever its types say; Istio's are.
      subject: String(certificate?.subject ?? '').replaceAll('\n', ','),
      localUri: this.#localUri,
    };
  }
}

/**
 * TLS 1.3 alone. Unlike Envoy 1.16, which offers 1.2 upstream: there the client judges the server's
 * certificate as it comes, Node only when the handshake is over, which with 1.2 is after the server has
 * judged the client's. So with 1.3 the same side is the first to refuse.
 */
function createContext(identity: WorkloadIdentity): tls.SecureContext {
  return tls.createSecureContext({
    key: identity.privateKeyPem,
    cert: identity.chainPem,
    ca: identity.rootPem,
    minVersion: 'TLSv1.3',
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
}

function checkIdentity(subjectAltName: string | undefined, upstream: UpstreamTls): Error | undefined {
  if (upstream.matchSubjectAltNames.length === 0) return undefined;
  const uris = urisOf(subjectAltName);
  if (upstream.matchSubjectAltNames.some(name => uris.includes(name))) return undefined;
  return new UnexpectedIdentityError(`unexpected identity: ${subjectAltName}`);
}

/** @param subjectAltName - as Node prints it: `URI:spiffe://…, DNS:…` */
export function urisOf(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter(name => name.startsWith('URI:'))
    .map(name => name.slice(4));
}

/**
 * What OpenSSL found about the client's chain. A TLSSocket of our own tells this nowhere in its documented
 * interface (only tls.Server does, which in turn tells no one which connection a socket came from), hence the
 * look at the handle. Where it has none, the client is refused.
 */
function verifyErrorOf(socket: tls.TLSSocket): Error | null {
  const handle = (socket as unknown as { ssl?: { verifyError?: () => Error | null } }).ssl; // see above
  if (!handle?.verifyError) return new Error('the certificate could not be verified');
  return handle.verifyError();
}
