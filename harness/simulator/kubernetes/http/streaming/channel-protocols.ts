/**
 * Channels over a WebSocket: a message is the number of its channel, and content; in some subprotocols as
 * text, the content in base64 (apimachinery pkg/util/httpstream/wsstream/conn.go @v1.34).
 */
import type { WebSocket } from 'ws';
import { bytesOf } from './accept-websocket.ts';

/** The subprotocols of port-forward; the empty one is that of clients that name none. */
export const FORWARD_PROTOCOLS = ['', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/** Those of exec and attach, of kubelets; v5 is the API server's. */
export const SESSION_PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
  '',
];

/** Tells whether the end of a session is told as a Status; older ones have its message alone. */
export const tellsStatus = (protocol: string): boolean => /^v[45]\./.test(protocol);

/** The code of the digit 0: in base64 a channel's number is its digit. */
const ZERO = 0x30;

/** One content for one channel. */
export interface Frame {
  readonly channel: number;
  readonly content: Buffer;
}

/** Sends and reads the messages of one client in its subprotocol. */
export class Channels {
  readonly #client: WebSocket;
  readonly #isText: boolean;

  constructor(client: WebSocket, protocol: string) {
    this.#client = client;
    this.#isText = protocol.includes('base64.');
  }

  /** Sends content; a client that is gone gets nothing. */
  send(channel: number, content: Buffer): void {
    if (this.#client.readyState !== this.#client.OPEN) return;
    if (this.#isText) this.#client.send(String.fromCharCode(ZERO + channel) + content.toString('base64'));
    else this.#client.send(Buffer.concat([Buffer.from([channel]), content]));
  }

  /** Calls back with each message that names a channel. */
  onFrame(listener: (frame: Frame) => void): void {
    this.#client.on('message', data => {
      const message = bytesOf(data);
      const [first] = message;
      if (first === undefined) return;
      const rest = message.subarray(1);
      if (this.#isText) listener({ channel: first - ZERO, content: Buffer.from(rest.toString(), 'base64') });
      else listener({ channel: first, content: rest });
    });
  }
}
