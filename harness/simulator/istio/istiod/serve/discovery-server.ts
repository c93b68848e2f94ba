/**
 * The xDS server: proxies' streams, and what is pushed down them when the mesh changes
 * (pilot/pkg/xds/ads.go).
 */
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import { LineReader } from '../../../../base/lines.ts';
import type { XdsNote } from '../../../program.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import {
  DISCOVERY_PATH,
  DISCOVERY_PROTOCOL,
  type DiscoveryRequest,
  PUSH_ORDER,
  readDiscoveryRequest,
  SHORT_NAMES,
} from '../../xds/wire.ts';
import { type ProxyNode, readProxyNode } from '../mesh/proxy-node.ts';
import type { Authenticator, Caller } from './authenticate.ts';
import { ProxyConnection } from './proxy-connection.ts';
import type { Resources } from './resources.ts';

/**
 * `keepaliveMaxServerConnectionAge 30m`: proxies come back, and authenticate anew. Unlike gRPC, without
 * chance in it.
 */
const MAX_CONNECTION_AGE_MS = 30 * 60_000;

/** What is pushed, and who may connect. */
export interface DiscoveryServerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  readonly resources: Resources;
  /** current checks what a proxy says of itself against its token (`PILOT_ENABLE_XDS_IDENTITY_CHECK`). */
  readonly checksIdentity: boolean;
  /** Told of every push, and of what the proxy answered. */
  readonly trace?: (note: XdsNote) => void;
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

  /** In the order in which they connected. */
  get connections(): Iterable<ProxyConnection> {
    return this.#connections.values();
  }

  /**
   * Takes `GET /v3/discovery` with an upgrade.
   * @param isSecure - on the plaintext port no token is asked for
   */
  async accept(
    request: http.IncomingMessage,
    socket: Duplex,
    head: Buffer,
    isSecure: boolean,
  ): Promise<void> {
    socket.on('error', () => {}); // its close is enough
    if (request.url !== DISCOVERY_PATH || request.headers.upgrade !== DISCOVERY_PROTOCOL) {
      refuse(socket, 404, `there is no ${request.url}`);
      return;
    }
    let caller: Caller | undefined;
    try {
      if (isSecure) caller = await this.#options.authenticator.authenticate(request.headers);
    } catch (error) {
      this.#tellUnauthenticated(request, error);
      refuse(socket, 401, 'authentication failure');
      return;
    }
    if (socket.destroyed) return;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${DISCOVERY_PROTOCOL}\r\n\r\n`,
    );
    this.#serve(socket, head, caller);
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

  #tellUnauthenticated(request: http.IncomingMessage, error: unknown): void {
    const { log, metrics } = this.#options;
    metrics.add('pilot_xds_authentication_failures');
    log.error(
      `Failed to authenticate client from ${request.socket.remoteAddress ?? 'unknown'}: ${messageOf(error)}`,
    );
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
    this.#checkIdentity(proxy, caller);
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

  /** @throws Error if a proxy gives itself out for one of another namespace than its token's */
  #checkIdentity({ namespace, podName }: ProxyNode, caller: Caller | undefined): void {
    if (this.#options.checksIdentity && caller && caller.namespace !== namespace)
      throw new Error(`no identities ([${caller.identity}]) matched ${namespace}/${podName}`);
  }

  #disconnect({ id, proxy }: ProxyConnection): void {
    const { log, metrics } = this.#options;
    if (this.#connections.delete(id)) metrics.set('pilot_xds', this.#connections.size);
    log.info(`ADS: "${proxy.address}" ${id} terminated`);
  }

  #pushTo(connection: ProxyConnection): void {
    const { resources, metrics, log, trace } = this.#options;
    if (connection.isClosed) return;
    for (const type of PUSH_ORDER) {
      const fragment = resources.of(type, connection.proxy);
      if (connection.has(type, fragment)) continue;
      const version = String(this.#version);
      const nonce = `${type}-${version}-${++this.#counter}`;
      metrics.add('pilot_xds_pushes', { type: SHORT_NAMES[type] });
      log.info(`${SHORT_NAMES[type].toUpperCase()}: PUSH for node:${connection.proxy.id}`);
      connection.send(type, fragment, { version, nonce });
      if (!trace) continue;
      const names = namesIn(fragment);
      const proxy = connection.proxy.id;
      trace({ kind: 'xds', proxy, type: SHORT_NAMES[type], version, outcome: 'PUSH', names });
    }
  }

  #acknowledge(connection: ProxyConnection, message: DiscoveryRequest): void {
    const answer = connection.acknowledge(message);
    if (!answer) return;
    const { log, metrics, trace } = this.#options;
    const { version, refusal } = answer;
    const type = SHORT_NAMES[answer.type];
    const proxy = connection.proxy.id;
    trace?.({
      kind: 'xds',
      proxy,
      type,
      version,
      outcome: refusal === undefined ? 'ACK' : 'NACK',
      ...(refusal !== undefined && { error: refusal }),
    });
    if (refusal === undefined) return;
    metrics.add('pilot_total_xds_rejects');
    log.warn(`ADS:${type.toUpperCase()}: ACK ERROR ${connection.id} Internal:${refusal}`);
  }
}

/** The names of the resources in a push, which is JSON of our own making. Endpoints have their cluster's. */
const namesIn = (fragment: string): readonly string[] =>
  (JSON.parse(`[${fragment}]`) as { readonly name?: string; readonly clusterName?: string }[]).map(
    ({ name, clusterName }) => name ?? clusterName ?? '',
  );

const REASONS: Readonly<Record<number, string>> = { 401: 'Unauthorized', 404: 'Not Found' };

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
