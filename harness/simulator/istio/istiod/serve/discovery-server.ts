/**
 * The xDS server: the streams of proxies, and the pushes when the mesh changes
 * (pilot/pkg/xds/ads.go).
 */
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import { LineReader } from '../../../../base/lines.ts';
import { type DiscoveryRequest, PUSH_ORDER, readDiscoveryRequest } from '../../xds/wire.ts';
import { readProxyNode } from '../mesh/proxy-node.ts';
import { type AdmissionOptions, admitStream, checkNamespace, consent } from './admit-stream.ts';
import type { Caller } from './authenticate.ts';
import { ProxyConnection } from './proxy-connection.ts';
import { type PushObservers, recordAnswer, recordPush } from './push-records.ts';
import type { Resources } from './resources.ts';

/**
 * `keepaliveMaxServerConnectionAge 30m`: proxies come back, and authenticate anew. Unlike gRPC, istiod adds
 * no random part here.
 */
const MAX_CONNECTION_AGE_MS = 30 * 60_000;

/** What the server pushes, who may connect, and who hears of it. */
export interface DiscoveryServerOptions extends AdmissionOptions, PushObservers {
  readonly clock: Clock;
  readonly resources: Resources;
  /** current checks what a proxy says of itself against its token (`PILOT_ENABLE_XDS_IDENTITY_CHECK`). */
  readonly checksIdentity: boolean;
}

/** Holds the streams of all proxies of one istiod. */
export class DiscoveryServer {
  readonly #options: DiscoveryServerOptions;
  readonly #connections = new Map<string, ProxyConnection>();
  #counter = 0;
  #version = 0;

  constructor(options: DiscoveryServerOptions) {
    this.#options = options;
  }

  /** In the order of their first messages. */
  get connections(): Iterable<ProxyConnection> {
    return this.#connections.values();
  }

  /**
   * Takes `GET /v3/discovery` with an upgrade.
   * @param isSecure - false on the plaintext port, which asks for no token
   */
  async accept(
    request: http.IncomingMessage,
    socket: Duplex,
    head: Buffer,
    isSecure: boolean,
  ): Promise<void> {
    const admitted = await admitStream(this.#options, request, socket, isSecure);
    if (!admitted || socket.destroyed) return;
    consent(socket);
    this.#serve(socket, head, admitted.caller);
  }

  /** Sends to every proxy what is different for it. */
  push(): void {
    this.#version++;
    for (const connection of this.#connections.values()) this.#pushTo(connection);
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #serve(socket: Duplex, head: Buffer, caller: Caller | undefined): void {
    const { clock, log } = this.#options;
    let connection: ProxyConnection | undefined;
    const timer = clock.setTimeout(() => socket.end(), MAX_CONNECTION_AGE_MS);
    const onLine = (line: string) => {
      if (line === '' || socket.destroyed) return;
      try {
        const message = readDiscoveryRequest(line);
        if (connection) this.#acknowledge(connection, message);
        else connection = this.#connect(socket, caller, message);
      } catch (error) {
        log.error(`ADS: closing a stream: ${messageOf(error)}`);
        socket.destroy();
      }
    };
    const lines = new LineReader();
    // Not `setEncoding`: node:http forbids it on the sockets of its servers, also after an upgrade.
    const decoder = new StringDecoder('utf8');
    const take = (chunk: Buffer) => lines.push(decoder.write(chunk)).forEach(onLine);
    socket.on('data', take);
    socket.once('end', () => socket.end());
    socket.once('close', () => {
      clock.clearTimeout(timer);
      if (connection) this.#disconnect(connection);
    });
    if (head.length > 0) take(head);
  }

  #connect(socket: Duplex, caller: Caller | undefined, message: DiscoveryRequest): ProxyConnection {
    const { clock, log, metrics } = this.#options;
    if (message.type !== 'hello' || !message.node)
      throw new Error('the first message of a stream must introduce the proxy');
    const proxy = readProxyNode(message.node);
    if (this.#options.checksIdentity) checkNamespace(proxy, caller);
    const connection = new ProxyConnection({
      id: `${proxy.id}-${++this.#counter}`,
      proxy,
      caller,
      connectedAtMs: clock.now(),
      socket,
    });
    this.#connections.set(connection.id, connection);
    metrics.set('pilot_xds', this.#connections.size);
    log.info(`ADS: new connection for node:${connection.id}`);
    this.#pushTo(connection);
    return connection;
  }

  #disconnect({ id, proxy }: ProxyConnection): void {
    const { log, metrics } = this.#options;
    if (this.#connections.delete(id)) metrics.set('pilot_xds', this.#connections.size);
    log.info(`ADS: "${proxy.address}" ${id} terminated`);
  }

  #pushTo(connection: ProxyConnection): void {
    const { resources } = this.#options;
    if (connection.isClosed) return;
    for (const type of PUSH_ORDER) {
      const fragment = resources.of(type, connection.proxy);
      if (connection.has(type, fragment)) continue;
      const version = String(this.#version);
      const nonce = `${type}-${version}-${++this.#counter}`;
      recordPush(this.#options, connection.proxy.id, { type, version, fragment });
      connection.send(type, fragment, { version, nonce });
    }
  }

  #acknowledge(connection: ProxyConnection, message: DiscoveryRequest): void {
    const answer = connection.acknowledge(message);
    if (answer) recordAnswer(this.#options, connection, answer);
  }
}
