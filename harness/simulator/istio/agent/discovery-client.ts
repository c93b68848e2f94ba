/**
 * The agent's side of discovery: keeps a stream to istiod, passes pushes to Envoy, and acknowledges or
 * refuses them.
 */
import { sleep } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import type { ProcessContext } from '../../program.ts';
import type { Envoy } from '../envoy/envoy.ts';
import type { Log } from '../log.ts';
import type { DiscoveryRequest, DiscoveryResponse } from '../xds/wire.ts';
import { BackOff } from './back-off.ts';
import { DiscoveryStream, openStream } from './discovery-stream.ts';
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

/** An acknowledgement, or a refusal that says why. */
function answerTo(envoy: Envoy, response: DiscoveryResponse): DiscoveryRequest {
  const { type, nonce } = response;
  const fault = envoy.apply(response);
  const { version } = envoy.updates[type];
  return { type, version, nonce, ...(fault !== undefined && { errorDetail: { message: fault } }) };
}
