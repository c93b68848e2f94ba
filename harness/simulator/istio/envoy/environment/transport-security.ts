/** Mutual TLS with the workload's certificate, in both directions, over any duplex stream. */
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Clock } from '../../../../base/clock.ts';
import { Outcome } from '../../../../base/outcome.ts';
import { decodeOnlyNames } from '../../../../base/peer-names.ts';
import { inPieces } from '../../../../base/tls-pieces.ts';
import type { EnvoyWording } from '../../behaviour.ts';
import type { DownstreamTls, UpstreamTls } from '../../xds/resources.ts';
import type { Counters } from './counters.ts';
import { ForeignContexts } from './foreign-contexts.ts';
import {
  checkIdentity,
  expiredFailure,
  missingSecret,
  tlsFailure,
  UnexpectedIdentityError,
} from './tls-failure.ts';
import { type PeerIdentity, peerOf, secureContextOf, type WorkloadIdentity } from './workload-identity.ts';

/** Reads a file of the proxy's container; undefined if there is none. */
export type FileReader = (path: string) => string | undefined;

/** Both ends of TLS: the mesh's, with the certificate that the agent got last, and another as a client. */
export class TransportSecurity {
  readonly #clock: Clock;
  readonly #wording: EnvoyWording;
  readonly #foreign: ForeignContexts;
  #identity: WorkloadIdentity | undefined;
  #localUri = '';
  /** Serves both directions; made once for each certificate. */
  #context: tls.SecureContext | undefined;

  constructor(clock: Clock, wording: EnvoyWording, read: FileReader = () => undefined) {
    this.#clock = clock;
    this.#wording = wording;
    this.#foreign = new ForeignContexts(read);
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
    { alpn, clientPrefixes }: DownstreamTls,
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
    this.#context ??= secureContextOf(identity);
    const socket = new tls.TLSSocket(inPieces(raw, 'server'), {
      isServer: true,
      secureContext: this.#context,
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: [...alpn],
    });
    const outcome = new Outcome(done);
    const fail = (counter: string) => {
      const tell = outcome.take();
      if (!tell) return;
      counters.add(counter);
      socket.destroy();
      tell(undefined);
    };
    socket.on('error', () => fail('ssl.connection_error'));
    socket.once('close', () => fail('ssl.connection_error'));
    socket.once('secure', () => {
      if (outcome.isTaken) return;
      if (verifyErrorOf(socket) !== null) {
        fail('ssl.fail_verify_error');
        return;
      }
      const peer = peerOf(socket, this.#localUri);
      if (clientPrefixes && !clientPrefixes.some(prefix => peer.uri.startsWith(prefix))) {
        fail('ssl.fail_verify_san');
        return;
      }
      counters.add('ssl.handshake');
      outcome.take()?.(socket, peer);
    });
  }

  /**
   * Begins TLS to a host. The server's chain must lead to our root, or to those that the cluster names, and
   * its name must be one of those expected.
   * @param raw - connected
   * @param done - called once; with a socket, or with Envoy's text on what went wrong (empty if the other
   *   side just closed)
   */
  originate(
    raw: Duplex,
    upstream: UpstreamTls & { readonly hostName?: string | undefined },
    counters: Counters,
    done: (failure: string | undefined, socket?: tls.TLSSocket) => void,
  ): void {
    const context = upstream.files ? this.#foreign.of(upstream.files) : this.#ownContext();
    if (!context) {
      counters.add('ssl.connection_error');
      raw.destroy();
      done(upstream.files ? missingSecret(this.#wording) : expiredFailure(this.#wording));
      return;
    }
    const socket = decodeOnlyNames(
      tls.connect({
        socket: inPieces(raw, 'client'),
        secureContext: context,
        ...(upstream.sni !== '' && { servername: upstream.sni }),
        rejectUnauthorized: !upstream.files || upstream.files.roots !== undefined,
        // Requests go by HTTP/1.1 here, whatever is offered.
        ALPNProtocols: upstream.alpn.filter(protocol => !upstream.files || protocol !== 'h2'),
        checkServerIdentity: (_host, certificate) => checkIdentity(certificate.subjectaltname, upstream),
      }),
    );
    const outcome = new Outcome(done);
    const fail = (error: Error | undefined) => {
      const tell = outcome.take();
      if (!tell) return;
      counters.add('ssl.connection_error');
      if (error instanceof UnexpectedIdentityError) counters.add('ssl.fail_verify_san');
      else if (socket.authorizationError) counters.add('ssl.fail_verify_error');
      const failure = tlsFailure(this.#wording, error, Boolean(socket.authorizationError));
      socket.destroy();
      tell(failure);
    };
    socket.on('error', fail);
    socket.once('close', () => fail(undefined));
    socket.once('secureConnect', () => {
      const tell = outcome.take();
      if (!tell) return;
      counters.add('ssl.handshake');
      tell(undefined, socket);
    });
  }

  #ownContext(): tls.SecureContext | undefined {
    const identity = this.#validIdentity();
    if (identity) this.#context ??= secureContextOf(identity);
    return identity && this.#context;
  }

  /**
   * Judges by the real lifetime, which stands beside the certificate; the dates in it are for OpenSSL, which
   * asks the wall's clock.
   */
  #validIdentity(): WorkloadIdentity | undefined {
    return this.#identity && this.#identity.notAfterMs > this.#clock.now() ? this.#identity : undefined;
  }
}

/**
 * Returns what OpenSSL found about the client's chain. The documented interface of a TLSSocket of our own
 * does not have it. tls.Server has, but does not say which connection a socket came from. Hence the look at
 * the handle; without one, we refuse the client.
 */
function verifyErrorOf(socket: tls.TLSSocket): Error | null {
  const handle = (socket as unknown as { ssl?: { verifyError?: () => Error | null } }).ssl; // see above
  if (!handle?.verifyError) return new Error('the certificate could not be verified');
  return handle.verifyError();
}
