/** The discovery stream of one proxy: who it is, and what istiod and the proxy have said to each other. */
import type { ServerStream } from '../../../../base/grpc/server-stream.ts';
import type { AdsServerStream } from '../../xds/ads/server-stream.ts';
import type { WatchState } from '../../xds/ads/watch.ts';
import type { WireCodec } from '../../xds/wire/codecs.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import type { Caller } from './authenticate.ts';

/** What a proxy is known by. */
export interface ProxyIdentity {
  /** `sleep-xyz.sample-7` */
  readonly id: string;
  readonly proxy: ProxyNode;
  /** Absent on the plaintext port. */
  readonly caller: Caller | undefined;
  /** Milliseconds since the epoch, on the world's clock. */
  readonly connectedAtMs: number;
}

/** What others see of a connection, whatever its dialect. */
export type AnyProxyConnection = ProxyIdentity &
  Pick<ProxyConnection<never, SentResponse>, 'watches' | 'push' | 'close'>;

/** A response as records need it, in either dialect. */
export interface SentResponse {
  readonly typeUrl: string;
  readonly resources: readonly { readonly name: string; readonly body: Uint8Array }[];
}

/** How a connection's messages are understood and sent. */
export interface ConnectionParts<Request, Response extends SentResponse> {
  readonly call: ServerStream;
  readonly stream: AdsServerStream<Uint8Array, Request, Response>;
  readonly codec: WireCodec<Request, Response>;
  /** Hears of each response before it leaves. */
  readonly onSend: (response: Response) => void;
}

/** One proxy's stream, in the dialect that the proxy chose. */
export class ProxyConnection<Request, Response extends SentResponse> implements ProxyIdentity {
  readonly id: string;
  readonly proxy: ProxyNode;
  readonly caller: Caller | undefined;
  readonly connectedAtMs: number;
  readonly #parts: ConnectionParts<Request, Response>;

  constructor(
    { id, proxy, caller, connectedAtMs }: ProxyIdentity,
    parts: ConnectionParts<Request, Response>,
  ) {
    this.id = id;
    this.proxy = proxy;
    this.caller = caller;
    this.connectedAtMs = connectedAtMs;
    this.#parts = parts;
  }

  /** By type URL; a type is missing until the proxy subscribes to it. */
  get watches(): ReadonlyMap<string, WatchState> {
    return this.#parts.stream.watches;
  }

  /** Takes a message of the proxy, and answers it. */
  receive(request: Request): void {
    this.#send(this.#parts.stream.receive(request));
  }

  /** Sends what is different since the last response of each type. */
  push(): void {
    this.#send(this.#parts.stream.push());
  }

  /** Breaks the connection off. */
  close(): void {
    this.#parts.call.peer.socket?.destroy();
  }

  #send(responses: readonly Response[]): void {
    const { call, codec, onSend } = this.#parts;
    for (const response of responses) {
      onSend(response);
      call.send(codec.encodeResponse(response));
    }
  }
}
