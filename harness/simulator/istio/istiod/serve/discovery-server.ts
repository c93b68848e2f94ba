/**
 * The xDS server: the streams of proxies, and the pushes when the mesh changes
 * (pilot/pkg/xds/ads.go).
 */

import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import type { Method } from '../../../../base/grpc/server.ts';
import type { ServerStream } from '../../../../base/grpc/server-stream.ts';
import { GrpcError } from '../../../../base/grpc/status.ts';
import { DeltaServer } from '../../xds/ads/delta-server.ts';
import type {
  DeltaDiscoveryRequest,
  DeltaDiscoveryResponse,
  DiscoveryRequest,
  DiscoveryResponse,
} from '../../xds/ads/messages.ts';
import type { AdsServerOptions, AdsServerStream } from '../../xds/ads/server-stream.ts';
import { StateOfTheWorldServer } from '../../xds/ads/state-of-the-world-server.ts';
import { TYPE_URLS } from '../../xds/ads/type-urls.ts';
import type { XdsNode } from '../../xds/node.ts';
import {
  DELTA_CODEC,
  DISCOVERY_METHODS,
  STATE_OF_THE_WORLD_CODEC,
  type WireCodec,
} from '../../xds/wire/codecs.ts';
import { typeOfUrl } from '../../xds/wire/types.ts';
import { readProxyNode } from '../mesh/proxy-node.ts';
import { type AdmissionOptions, admitStream, checkIdentity } from './admit-stream.ts';
import type { Caller } from './authenticate.ts';
import type { DebugQuestion } from './debug-question.ts';
import type { EncodedResource } from './encoded-resources.ts';
import {
  type AnyProxyConnection,
  ProxyConnection,
  type ProxyIdentity,
  type SentResponse,
} from './proxy-connection.ts';
import { type PushObservers, recordAnswer, recordPush } from './push-records.ts';
import type { Resources } from './resources.ts';
import type { TrustBundle } from './trust-bundle.ts';

/**
 * `keepaliveMaxServerConnectionAge 30m`: proxies come back, and authenticate anew. Unlike gRPC, istiod adds
 * no random part here.
 */
const MAX_CONNECTION_AGE_MS = 30 * 60_000;

/** What the server pushes, who may connect, and who hears of it. */
export interface DiscoveryServerOptions extends AdmissionOptions, PushObservers {
  readonly clock: Clock;
  readonly resources: Resources;
  /** Undefined: proxies are told no roots. */
  readonly trustBundle?: TrustBundle | undefined;
  /** Answers questions about istiod itself; undefined for what is none. */
  readonly debug: (question: DebugQuestion) => readonly EncodedResource[] | undefined;
  /** Who answers for a type, in JSON. */
  readonly controlPlane: (typeUrl: string) => string | undefined;
  /** current checks what a proxy says of itself against its token (`PILOT_ENABLE_XDS_IDENTITY_CHECK`). */
  readonly checksIdentity: boolean;
}

/** How a dialect is spoken. */
interface Spoken<Request, Response> {
  readonly codec: WireCodec<Request, Response>;
  readonly open: (options: AdsServerOptions<Uint8Array>) => AdsServerStream<Uint8Array, Request, Response>;
}

const STATE_OF_THE_WORLD: Spoken<DiscoveryRequest, DiscoveryResponse<Uint8Array>> = {
  codec: STATE_OF_THE_WORLD_CODEC,
  open: options => new StateOfTheWorldServer(options),
};
const DELTA: Spoken<DeltaDiscoveryRequest, DeltaDiscoveryResponse<Uint8Array>> = {
  codec: DELTA_CODEC,
  open: options => new DeltaServer(options),
};

/** Holds the streams of all proxies of one istiod. */
export class DiscoveryServer {
  readonly #options: DiscoveryServerOptions;
  readonly #connections = new Map<string, AnyProxyConnection>();
  #counter = 0;
  #pushes = 0;
  #version = '';

  constructor(options: DiscoveryServerOptions) {
    this.#options = options;
  }

  /** Of the last push: `2026-11-29T13:08:08Z/12` (pilot/pkg/xds/discovery.go, NextVersion). */
  get version(): string {
    const now = () => new Date(this.#options.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    this.#version ||= `${now()}/${this.#pushes}`;
    return this.#version;
  }

  /** In the order of their first messages. */
  get connections(): Iterable<AnyProxyConnection> {
    return this.#connections.values();
  }

  /**
   * Returns the methods of discovery, for a server of gRPC.
   * @param isSecure - false on the plaintext port, which asks for no token
   */
  methods(isSecure: boolean): readonly (readonly [path: string, method: Method])[] {
    return [
      [
        DISCOVERY_METHODS['state-of-the-world'],
        { kind: 'stream', handle: call => void this.#accept(call, STATE_OF_THE_WORLD, isSecure) },
      ],
      [DISCOVERY_METHODS.delta, { kind: 'stream', handle: call => void this.#accept(call, DELTA, isSecure) }],
    ];
  }

  /** Sends to every proxy what is different for it. */
  push(): void {
    this.#pushes++;
    this.#version = '';
    for (const connection of this.#connections.values()) connection.push();
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  /** Never rejects: every failure is a status. */
  async #accept<Request extends { readonly node?: XdsNode | undefined }, Response extends SentResponse>(
    call: ServerStream,
    dialect: Spoken<Request, Response>,
    isSecure: boolean,
  ): Promise<void> {
    let caller: Caller | undefined;
    try {
      if (isSecure) caller = await admitStream(this.#options, call);
    } catch (error) {
      call.fail(error);
      return;
    }
    // The proxy may have left while it was asked after: what is set up now nobody would end.
    if (!call.signal.aborted) this.#serve(call, dialect, caller);
  }

  #serve<Request extends { readonly node?: XdsNode | undefined }, Response extends SentResponse>(
    call: ServerStream,
    dialect: Spoken<Request, Response>,
    caller: Caller | undefined,
  ): void {
    const { clock, log } = this.#options;
    let connection: ProxyConnection<Request, Response> | undefined;
    const retire = () => call.end(new GrpcError('Unavailable', 'transport is closing'));
    const timer = clock.setTimeout(retire, MAX_CONNECTION_AGE_MS);
    call.onEnd = () => call.end();
    call.onClose = () => {
      clock.clearTimeout(timer);
      if (connection) this.#disconnect(connection);
    };
    call.onMessage = bytes => {
      try {
        const request = dialect.codec.decodeRequest(bytes);
        connection ??= this.#connect(call, dialect, this.#identify(request.node, caller));
        connection.receive(request);
      } catch (error) {
        log.error(`ADS: closing a stream: ${messageOf(error)}`);
        call.end(error instanceof GrpcError ? error : new GrpcError('InvalidArgument', messageOf(error)));
      }
    };
  }

  /** @throws Error if the first message introduces no proxy, or one that the caller is not */
  #identify(node: XdsNode | undefined, caller: Caller | undefined): ProxyIdentity {
    if (!node) throw new Error('the first message of a stream must introduce the proxy');
    const proxy = readProxyNode(node);
    if (this.#options.checksIdentity) checkIdentity(proxy, caller);
    const connectedAtMs = this.#options.clock.now();
    return { id: `${proxy.id}-${++this.#counter}`, proxy, caller, connectedAtMs };
  }

  #connect<Request, Response extends SentResponse>(
    call: ServerStream,
    { codec, open }: Spoken<Request, Response>,
    identity: ProxyIdentity,
  ): ProxyConnection<Request, Response> {
    const { clock, log, metrics } = this.#options;
    const { id, proxy } = identity;
    const stream = open({
      resources: (typeUrl, names) => this.#resources(identity, typeUrl, names),
      clock,
      version: () => this.version,
      nonce: () => `${this.version}-${++this.#counter}`,
      controlPlane: this.#options.controlPlane,
      onAnswer: answer => recordAnswer(this.#options, identity, answer),
    });
    const onSend = (response: Response) => recordPush(this.#options, proxy.id, this.version, response);
    const connection = new ProxyConnection(identity, { call, stream, codec, onSend });
    this.#connections.set(id, connection);
    metrics.set('pilot_xds', this.#connections.size);
    log.info(`ADS: new connection for node:${id}`);
    return connection;
  }

  /** Of a type that our istiod does not serve there is nothing. */
  #resources(
    { proxy, caller }: ProxyIdentity,
    typeUrl: string,
    names: ReadonlySet<string> | 'all',
  ): readonly EncodedResource[] {
    if (typeUrl === TYPE_URLS.pcds) return this.#options.trustBundle?.resources ?? [];
    if (typeUrl === TYPE_URLS.nds) return this.#options.resources.nameTable(proxy);
    const type = typeOfUrl(typeUrl);
    if (!type) return this.#options.debug({ typeUrl, names, caller }) ?? [];
    const all = this.#options.resources.of(type, proxy);
    return names === 'all' ? all : all.filter(({ name }) => names.has(name));
  }

  #disconnect({ id, proxy }: ProxyIdentity): void {
    const { log, metrics } = this.#options;
    if (this.#connections.delete(id)) metrics.set('pilot_xds', this.#connections.size);
    log.info(`ADS: "${proxy.address}" ${id} terminated`);
  }
}
