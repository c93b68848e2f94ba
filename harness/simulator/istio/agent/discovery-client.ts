/**
 * The discovery stream: connects to istiod, passes pushes to Envoy, acknowledges or refuses them, and comes
 * back when it breaks.
 */
import type { Duplex } from 'node:stream';
import { sleep } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import type { ProcessContext } from '../../program.ts';
import type { Envoy } from '../envoy/envoy.ts';
import type { Log } from '../log.ts';
import type { DiscoveryRequest, DiscoveryResponse } from '../xds/xds.ts';
import { BackOff } from './back-off.ts';
import { credentials, dialIstiod, grpcCode, messageOfAnswer, requestOver } from './istiod-connection.ts';
import type { AgentSettings } from './settings.ts';

const DISCOVERY = '/v3/discovery';
/**
 * Envoy's retry of a stream: source/common/config/grpc_stream.h, RETRY_INITIAL_DELAY_MS and
 * RETRY_MAX_DELAY_MS @v1.16.0.
 */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/**
 * Runs until the process ends. When istiod is away, Envoy goes on with what it has.
 * Unlike gRPC, no keepalive is sent: a connection whose packets vanish is noticed when istiod would have
 * closed it anyway.
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
      const { stream, head } = await openStream(context, settings);
      if (!logsConnectAttempts) log.info(`connected to delta upstream XDS server: ${host}:${port}`);
      const reason = await serveStream(context, settings, envoy, stream, head, () => backOff.reset());
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

async function openStream(
  context: ProcessContext,
  settings: AgentSettings,
): Promise<{ readonly stream: Duplex; readonly head: Buffer }> {
  const stream = await dialIstiod(context, settings.discovery);
  const onAbort = () => stream.destroy();
  context.signal.addEventListener('abort', onAbort, { once: true });
  stream.once('close', () => context.signal.removeEventListener('abort', onAbort));
  try {
    return await new Promise((resolve, reject) => {
      const request = requestOver(stream, settings.discovery, {
        method: 'GET',
        path: DISCOVERY,
        headers: { ...credentials(context, settings), connection: 'Upgrade', upgrade: 'mesh-harness-xds' },
      });
      request.on('error', error =>
        reject(new Error(`rpc error: code = Unavailable desc = ${error.message || 'transport is closing'}`)),
      );
      request.once('upgrade', (_response, socket, head) => resolve({ stream: socket, head }));
      request.once('response', response => {
        messageOfAnswer(response).then(
          message =>
            reject(new Error(`rpc error: code = ${grpcCode(response.statusCode)} desc = ${message}`)),
          reject,
        );
      });
      request.end();
    });
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** @returns why the stream ended, once it has */
function serveStream(
  context: ProcessContext,
  settings: AgentSettings,
  envoy: Envoy,
  stream: Duplex,
  head: Buffer,
  onPush: () => void,
): Promise<string> {
  const send = (message: DiscoveryRequest) => {
    if (stream.writable) stream.write(`${JSON.stringify(message)}\n`);
  };
  return new Promise(resolve => {
    let rest = '';
    const take = (text: string) => {
      const lines = text.split('\n');
      lines[0] = rest + (lines[0] ?? '');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '' || context.signal.aborted) continue;
        onPush();
        send(answerTo(envoy, JSON.parse(line) as DiscoveryResponse)); // istiod's message, see xds.ts
      }
    };
    stream.setEncoding('utf8');
    if (head.length > 0) take(head.toString());
    stream.on('data', take);
    stream.once('end', () => stream.end());
    stream.on('error', error =>
      resolve(`rpc error: code = Unavailable desc = transport is closing: ${error.message}`),
    );
    stream.once('close', () => resolve('rpc error: code = Unavailable desc = transport is closing'));
    send({ type: 'hello', node: settings.node });
  });
}

/** An acknowledgement, or a refusal that says why. */
function answerTo(envoy: Envoy, response: DiscoveryResponse): DiscoveryRequest {
  const { type, nonce } = response;
  const fault = envoy.apply(response);
  const { version } = envoy.updates[type];
  return { type, version, nonce, ...(fault !== undefined && { errorDetail: { message: fault } }) };
}
