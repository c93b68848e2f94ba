/**
 * The agent's side of discovery: keeps a stream to istiod, passes pushes to Envoy, and acknowledges or
 * refuses them.
 */
import { sleep } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import type { ProcessContext } from '../../program.ts';
import type { Log } from '../log.ts';
import { TYPE_URLS } from '../xds/ads/type-urls.ts';
import { BackOff } from './back-off.ts';
import { createDiscovery } from './discovery-stream.ts';
import { credentials, openIstiod } from './istiod-client.ts';
import { ReceivedResources, type Receivers } from './received-resources.ts';
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
  receivers: Receivers,
  log: Log,
): Promise<void> {
  const { clock, signal } = context;
  const { host, port } = settings.discovery;
  const backOff = new BackOff(FIRST_RETRY_MS, LAST_RETRY_MS, context.random.stream('discovery'));
  const { logsConnectAttempts, dialect } = settings.behaviour;
  const received = new ReceivedResources(receivers);
  const discovery = createDiscovery(dialect, {
    node: settings.node,
    apply: (typeUrl, update) => (signal.aborted ? undefined : received.apply(typeUrl, update)),
    references: (typeUrl, { name }) => received.references(typeUrl, name),
    roots: [
      TYPE_URLS.cds,
      TYPE_URLS.lds,
      ...(receivers.names ? [TYPE_URLS.nds] : []),
      ...(settings.asksForRoots ? [TYPE_URLS.pcds] : []),
    ],
    onDropped: (typeUrl, names) => received.drop(typeUrl, names),
  });
  while (!signal.aborted) {
    if (logsConnectAttempts) log.info(`connecting to upstream XDS server: ${host}:${port}`);
    try {
      const client = await openIstiod(context, settings.discovery);
      if (!logsConnectAttempts) log.info(`connected to delta upstream XDS server: ${host}:${port}`);
      const call = { metadata: credentials(context, settings), signal };
      const ended = await discovery.run(client, call, () => backOff.reset());
      client.close();
      if (signal.aborted) return;
      log.warn(`upstream terminated with unexpected error ${ended?.message ?? 'EOF'}`);
    } catch (error) {
      if (signal.aborted) return;
      log.warn(`failed to connect to upstream ${host}:${port}: ${messageOf(error)}`);
    }
    await sleep(clock, backOff.next(), signal).catch(() => {}); // it only throws when the process ends
  }
}
