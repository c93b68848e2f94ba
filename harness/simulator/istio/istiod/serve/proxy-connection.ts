/** The discovery stream of one proxy: what it was sent, and what it said to it. */
import type { Duplex } from 'node:stream';
import type { ResourceType } from '../../xds/resources.ts';
import { type DiscoveryRequest, responseLine } from '../../xds/wire.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import type { Caller } from './authenticate.ts';

/** The last response of one type. */
export interface SentState {
  /** The resources as text: istiod does not send the same twice. */
  readonly fragment: string;
  readonly nonce: string;
  readonly version: string;
  /** Nonce of the last response of this type that the proxy accepted; empty if there is none. */
  readonly acknowledged: string;
  /** Why the proxy refused this one. */
  readonly refused: string | undefined;
}

/** What a connection is made of. */
export interface ProxyConnectionOptions {
  /** `sleep-xyz.sample-7` */
  readonly id: string;
  readonly proxy: ProxyNode;
  /** Absent on the plaintext port. */
  readonly caller: Caller | undefined;
  /** Milliseconds since the epoch, on the world's clock. */
  readonly connectedAtMs: number;
  readonly socket: Duplex;
}

/** A proxy's answer to a response. */
export interface Answer {
  readonly type: ResourceType;
  readonly version: string;
  /** Absent if the proxy accepts it. */
  readonly refusal: string | undefined;
}

/** State of the world: each response holds all resources of its type. */
export class ProxyConnection {
  readonly id: string;
  readonly proxy: ProxyNode;
  readonly caller: Caller | undefined;
  readonly connectedAtMs: number;
  readonly #socket: Duplex;
  readonly #sent = new Map<ResourceType, SentState>();

  constructor(options: ProxyConnectionOptions) {
    this.id = options.id;
    this.proxy = options.proxy;
    this.caller = options.caller;
    this.connectedAtMs = options.connectedAtMs;
    this.#socket = options.socket;
  }

  /** By type; a type is missing until its first response. */
  get sent(): ReadonlyMap<ResourceType, SentState> {
    return this.#sent;
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Says whether the proxy was sent exactly this. */
  has(type: ResourceType, fragment: string): boolean {
    return this.#sent.get(type)?.fragment === fragment;
  }

  /** Sends all resources of a type. */
  send(type: ResourceType, fragment: string, { version, nonce }: Pick<SentState, 'version' | 'nonce'>): void {
    const acknowledged = this.#sent.get(type)?.acknowledged ?? '';
    this.#sent.set(type, { fragment, nonce, version, acknowledged, refused: undefined });
    this.#socket.write(responseLine({ type, version, nonce }, fragment));
  }

  /**
   * Takes the proxy's answer to a response; an answer to an earlier one means nothing.
   * @returns which version it answers, and the proxy's words if it refuses that
   */
  acknowledge({ type, nonce, errorDetail }: DiscoveryRequest): Answer | undefined {
    if (type === 'hello') return undefined;
    const sent = this.#sent.get(type);
    if (!sent || nonce !== sent.nonce) return undefined;
    this.#sent.set(
      type,
      errorDetail ? { ...sent, refused: errorDetail.message } : { ...sent, acknowledged: nonce },
    );
    return { type, version: sent.version, refusal: errorDetail?.message };
  }

  /** Breaks the connection off. */
  close(): void {
    this.#socket.destroy();
  }
}
