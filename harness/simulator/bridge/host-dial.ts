/** Connects to ports of the machine that the simulator runs on: webhooks under development listen there. */
import { connect, type Socket } from 'node:net';

/** Dials as `net.connect` does; the outcome is an event. */
export function dialHost(host: string, port: number): Socket {
  return connect({ host, port });
}
