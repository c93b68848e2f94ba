/** One discovery stream: the upgrade of a connection to istiod, and the messages on it. */
import type { Duplex } from 'node:stream';
import { LineReader } from '../../../base/lines.ts';
import type { ProcessContext } from '../../program.ts';
import {
  DISCOVERY_PATH,
  DISCOVERY_PROTOCOL,
  type DiscoveryRequest,
  type DiscoveryResponse,
  readDiscoveryResponse,
  requestLine,
} from '../xds/wire.ts';
import { dialIstiod } from './istiod-connection.ts';
import { credentials, grpcCode, messageOfAnswer, requestOver } from './istiod-request.ts';
import type { AgentSettings } from './settings.ts';

/** An upgraded connection, and what istiod sent together with its consent. */
interface OpenedStream {
  readonly stream: Duplex;
  readonly head: Buffer;
}

/**
 * Dials istiod and upgrades the connection, which closes when the process ends.
 * @throws Error in gRPC's words
 */
export async function openStream(context: ProcessContext, settings: AgentSettings): Promise<OpenedStream> {
  const stream = await dialIstiod(context, settings.discovery);
  const onAbort = () => stream.destroy();
  context.signal.addEventListener('abort', onAbort, { once: true });
  stream.once('close', () => context.signal.removeEventListener('abort', onAbort));
  try {
    return await upgrade(stream, context, settings);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** @throws Error in gRPC's words if istiod refuses or the connection breaks */
function upgrade(stream: Duplex, context: ProcessContext, settings: AgentSettings): Promise<OpenedStream> {
  return new Promise((resolve, reject) => {
    const request = requestOver(stream, settings.discovery, {
      method: 'GET',
      path: DISCOVERY_PATH,
      headers: { ...credentials(context, settings), connection: 'Upgrade', upgrade: DISCOVERY_PROTOCOL },
    });
    request.on('error', error =>
      reject(new Error(`rpc error: code = Unavailable desc = ${error.message || 'transport is closing'}`)),
    );
    request.once('upgrade', (_response, socket, head) => resolve({ stream: socket, head }));
    request.once('response', response => {
      messageOfAnswer(response).then(
        message => reject(new Error(`rpc error: code = ${grpcCode(response.statusCode)} desc = ${message}`)),
        reject,
      );
    });
    request.end();
  });
}

/** The messages of one stream. */
export class DiscoveryStream {
  readonly #stream: Duplex;
  readonly #signal: AbortSignal;
  readonly #answer: (response: DiscoveryResponse) => DiscoveryRequest;
  readonly #lines = new LineReader();

  /** @param answer - uses a response and says how to acknowledge it */
  constructor(
    stream: Duplex,
    signal: AbortSignal,
    answer: (response: DiscoveryResponse) => DiscoveryRequest,
  ) {
    this.#stream = stream;
    this.#signal = signal;
    this.#answer = answer;
  }

  /** @returns why the stream ended, once it has */
  run(hello: DiscoveryRequest, head: Buffer): Promise<string> {
    const stream = this.#stream;
    return new Promise(resolve => {
      stream.setEncoding('utf8');
      if (head.length > 0) this.#take(head.toString());
      stream.on('data', (text: string) => this.#take(text));
      stream.once('end', () => stream.end());
      stream.on('error', error =>
        resolve(`rpc error: code = Unavailable desc = transport is closing: ${error.message}`),
      );
      stream.once('close', () => resolve('rpc error: code = Unavailable desc = transport is closing'));
      this.#send(hello);
    });
  }

  #take(text: string): void {
    for (const line of this.#lines.push(text)) {
      if (line === '' || this.#signal.aborted) continue;
      let response: DiscoveryResponse;
      try {
        response = readDiscoveryResponse(line);
      } catch (error) {
        this.#stream.destroy(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      this.#send(this.#answer(response));
    }
  }

  #send(message: DiscoveryRequest): void {
    if (this.#stream.writable) this.#stream.write(requestLine(message));
  }
}
