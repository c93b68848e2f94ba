/**
 * The discovery stream: connects to istiod, passes pushes to Envoy, acknowledges or refuses them, and comes
 * back when it breaks.
 */
import type { Duplex } from 'node:stream';
import { sleep } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import { LineReader } from '../../../base/lines.ts';
import type { ProcessContext } from '../../program.ts';
import type { Envoy } from '../envoy/envoy.ts';
import type { Log } from '../log.ts';
import {
  DISCOVERY_PATH,
  DISCOVERY_PROTOCOL,
  type DiscoveryRequest,
  type DiscoveryResponse,
  readDiscoveryResponse,
  requestLine,
} from '../xds/wire.ts';
import { BackOff } from './back-off.ts';
import { credentials, dialIstiod, grpcCode, messageOfAnswer, requestOver } from './istiod-connection.ts';
import type { AgentSettings } from './settings.ts';

/**
 * Envoy's retry of a stream: source/common/config/grpc_stream.h, RETRY_INITIAL_DELAY_MS and
 * RETRY_MAX_DELAY_MS @v1.16.0.
 */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/**
 * Keeps a stream to istiod until the process ends. While istiod is away, Envoy goes on with what it has.
 * Unlike gRPC, the agent sends no keepalive: it notices a connection whose packets vanish only when istiod
 * would have closed it anyway.
 */
export async function keepDiscovering(
  context: ProcessContext,
  settings: AgentSettings,
  envoy: Envoy,
  log: Log,
): Promise<void> {
  const { clock, signal } = context;
  const { host, port } = settings.discovery;
  const backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, context.random.stream('discovery'));
  const { logsConnectAttempts } = settings.behaviour;
  while (!signal.aborted) {
    if (logsConnectAttempts) log.info(`connecting to upstream XDS server: ${host}:${port}`);
    try {
      const opened = await openStream(context, settings);
      if (!logsConnectAttempts) log.info(`connected to delta upstream XDS server: ${host}:${port}`);
      const stream = new DiscoveryStream(opened.stream, signal, update => {
        backOff.reset();
        return answerTo(envoy, update);
      });
      const reason = await stream.run({ type: 'hello', node: settings.node }, opened.head);
      if (signal.aborted) return;
      log.warn(`upstream terminated with unexpected error ${reason}`);
    } catch (error) {
      if (signal.aborted) return;
      const message = messageOf(error);
      log.warn(
        message.includes('Unauthenticated')
          ? `upstream terminated with unexpected error ${message}`
          : `failed to connect to upstream ${host}:${port}: ${message}`,
      );
    }
    await sleep(clock, backOff.next(), signal).catch(() => {}); // it only throws when the process ends
  }
}

/** An upgraded connection, and what istiod sent together with its consent. */
interface OpenedStream {
  readonly stream: Duplex;
  readonly head: Buffer;
}

async function openStream(context: ProcessContext, settings: AgentSettings): Promise<OpenedStream> {
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
class DiscoveryStream {
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

/** An acknowledgement, or a refusal that says why. */
function answerTo(envoy: Envoy, response: DiscoveryResponse): DiscoveryRequest {
  const { type, nonce } = response;
  const fault = envoy.apply(response);
  const { version } = envoy.updates[type];
  return { type, version, nonce, ...(fault !== undefined && { errorDetail: { message: fault } }) };
}
