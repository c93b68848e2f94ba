/** Joins the ports of a simulated pod to those of the real Envoy that stands for its sidecar. */
import { openHttpService } from '../../../harness/simulator/istio/envoy/admin/http-service.ts';
import { PROXY_UID } from '../../../harness/simulator/istio/envoy/environment/environment.ts';
import { acceptAll } from '../../../harness/simulator/network/accept-all.ts';
import type { VirtualSocket } from '../../../harness/simulator/network/interfaces.ts';
import type { ProcessContext } from '../../../harness/simulator/program.ts';
import type { Bridge, BridgeOptions } from './bridge.ts';
import { isReady } from './envoy-admin.ts';

const LOOPBACK = '127.0.0.1';
const STATUS_PORT = 15020;

/**
 * Where what Envoy sends is dialled: in the simulated pod, past the redirect as all that the proxy's user
 * sends.
 */
export const reachFrom =
  ({ network }: ProcessContext): BridgeOptions['reach'] =>
  ({ address, port }) =>
    network.connect(address, port, { uid: PROXY_UID });

/**
 * Opens the sidecar's ports in the simulated pod.
 * @param pod - dials from inside the pod, where the rules take an application's traffic to Envoy
 * @param around - dials the pod from outside
 * @param onInbound - told who calls the pod, by address
 * @returns a function that closes them
 */
export function openPodPorts(
  context: ProcessContext,
  { pod, around }: { readonly pod: Bridge; readonly around: Bridge },
  onInbound: (from: string) => void,
): () => void {
  const { network, clock } = context;
  const { address } = network;
  const outbound = acceptAll(network, 15001, socket =>
    pod.passOn(socket, socket.originalDestination ?? { address, port: 15001 }),
  );
  const enter = (port: number, socket: VirtualSocket) =>
    around.passOn(socket, { address, port, from: socket.remoteAddress ?? address });
  const inbound = acceptAll(network, 15006, socket => {
    onInbound(socket.remoteAddress ?? '');
    enter(socket.originalDestination?.port ?? 15006, socket);
  });
  const admin = acceptAll(
    network,
    15000,
    socket => pod.passOn(socket, { address: LOOPBACK, port: 15000 }),
    LOOPBACK,
  );
  const exempt = [15021, 15090].map(port => acceptAll(network, port, socket => enter(port, socket)));
  const status = openHttpService({ network, clock, port: STATUS_PORT }, async ({ path }) =>
    path === '/healthz/ready' ? { status: (await isReady(pod)) ? 200 : 503, body: '' } : undefined,
  );
  return () => {
    for (const close of [outbound, inbound, admin, ...exempt]) close();
    status.close();
  };
}
