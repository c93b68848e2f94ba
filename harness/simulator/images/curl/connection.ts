/** curl's way to a server: names, connections that are kept for the next URL, and TLS. */
import type { Duplex } from 'node:stream';
import type tls from 'node:tls';
import { ClientConnection } from '../../../base/http1/client-connection.ts';
import type { VirtualSocket } from '../../network/interfaces.ts';
import { connectSecurely } from '../../network/secure-socket.ts';
import type { ProcessContext } from '../../program.ts';
import type { Cancellation } from './cancellation.ts';
import { CurlError, type CurlRelease, couldNotConnect, couldNotResolve, EXIT_CODE } from './errors.ts';
import type { CurlOptions } from './options.ts';
import type { Target } from './target.ts';
import { handshakeFailed } from './tls-errors.ts';
import { untilEvent } from './until-event.ts';

/** A connection that stands, and the socket beneath TLS, which knows the addresses. */
export interface Connection {
  readonly http: ClientConnection;
  readonly socket: VirtualSocket;
}

/** One curl process's connections. */
export class Connections {
  readonly #context: ProcessContext;
  readonly #options: CurlOptions;
  readonly #release: CurlRelease;
  /** curl remembers names for a minute, which is longer than it takes here. */
  readonly #names = new Map<string, readonly string[]>();
  /** The one connection to each server. */
  readonly #current = new Map<string, Connection>();

  constructor(context: ProcessContext, options: CurlOptions, release: CurlRelease) {
    this.#context = context;
    this.#options = options;
    this.#release = release;
  }

  /** Tells whether a kept connection still stands. */
  isKept(target: Target): boolean {
    return this.connectionTo(target)?.http.isFree === true;
  }

  /** Makes this the connection of the next transfers. @param stream - of the socket, or TLS on it */
  offer(target: Target, stream: Duplex, socket: VirtualSocket): void {
    this.#current.set(target.server, { http: new ClientConnection(stream, {}), socket });
  }

  /** Returns the last connection to a server, which may be closed by now. */
  connectionTo(target: Target): Connection | undefined {
    return this.#current.get(target.server);
  }

  /** Returns the address of a name that `--resolve` gave, or that was asked for before. */
  addressesOf({ host, port }: Target): readonly string[] | undefined {
    return this.#options.resolve.get(`${host.toLowerCase()}:${port}`) ?? this.#names.get(host);
  }

  /** @throws CurlError with exit code 6 */
  async resolve({ host }: Target): Promise<readonly string[]> {
    try {
      const addresses = await this.#context.network.resolve(host);
      this.#names.set(host, addresses);
      return addresses;
    } catch {
      throw couldNotResolve(host);
    }
  }

  /**
   * Tries one address after the other.
   * @throws CurlError with exit code 7 or 28; the cancellation's reason
   */
  async connect(
    target: Target,
    addresses: readonly string[],
    cancellation: Cancellation,
  ): Promise<VirtualSocket> {
    const { clock, network, uid } = this.#context;
    const start = clock.now();
    let failure: unknown;
    for (const address of addresses) {
      try {
        const socket = network.connect(address, target.port, { uid });
        await untilEvent(socket, 'connect', cancellation);
        return socket;
      } catch (error) {
        cancellation.throwIfCancelled();
        failure = error;
      }
    }
    throw couldNotConnect(this.#release, target.host, target.port, clock.now() - start, failure);
  }

  /** @throws CurlError with exit code 35, 58, 60 or 77; the cancellation's reason */
  async secure(target: Target, socket: VirtualSocket, cancellation: Cancellation): Promise<tls.TLSSocket> {
    const ca = this.#authority();
    const identity = this.#identity();
    const isName = !/^[\d.]+$/.test(target.host);
    try {
      const secured = connectSecurely(socket, {
        host: target.host,
        ...(isName && { servername: target.host }),
        // Without --cacert the public authorities of the image would be trusted, none of which there is in
        // this world.
        ca: ca === undefined ? [] : [ca],
        ...identity,
        rejectUnauthorized: !this.#options.insecure,
        ALPNProtocols: ['http/1.1'],
      });
      await untilEvent(secured, 'secureConnect', cancellation);
      return secured;
    } catch (error) {
      socket.destroy();
      cancellation.throwIfCancelled();
      throw handshakeFailed(this.#release, target.host, target.port, error);
    }
  }

  /** Reads the certificates to trust. @throws CurlError with exit code 77 */
  #authority(): string | undefined {
    const { caFile } = this.#options;
    if (caFile === undefined) return undefined;
    const ca = this.#read(caFile);
    if (ca !== undefined) return ca;
    throw new CurlError(
      EXIT_CODE.caFile,
      `error setting certificate verify locations:  CAfile: ${caFile} CApath: none`,
    );
  }

  /** Reads the client's certificate and key, which may be in one file. @throws CurlError with exit code 58 */
  #identity(): { readonly cert: string; readonly key: string } | undefined {
    const { certFile, keyFile } = this.#options;
    if (certFile === undefined) return undefined;
    const cert = this.#read(certFile);
    const key = keyFile === undefined ? cert : this.#read(keyFile);
    if (cert !== undefined && key !== undefined) return { cert, key };
    const file = cert === undefined ? certFile : (keyFile ?? certFile);
    throw new CurlError(
      EXIT_CODE.badCertificateFile,
      `could not load PEM client certificate from ${file}, OpenSSL error error:02001002:system library:fopen:No such file or directory, (no key found, wrong pass phrase, or wrong file format?)`,
    );
  }

  close(): void {
    for (const { http } of this.#current.values()) http.stream.destroy();
  }

  #read(path: string): string | undefined {
    try {
      return this.#context.files.read(path);
    } catch {
      return undefined;
    }
  }
}
