/** The ports of a program of this machine as ports of a pod. */
import net from 'node:net';
import { reset, splice } from '../../base/splice.ts';
import type { Listener, NetworkNamespace } from '../network/interfaces.ts';
import { LOOPBACK } from './free-ports.ts';

/** A port of the pod, and the port of loopback behind it. */
interface ExposedPort {
  /** Where the pod listens; `127.0.0.1` for those inside of it only. */
  readonly address: string;
  readonly podPort: number;
  readonly loopbackPort: number;
}

/**
 * Listens in the pod, and hands each connection to the program. The program sees all of them come from
 * loopback: the peer's address is lost. While the program does not listen, a connection is made and reset,
 * where a pod of its own would refuse it.
 * @returns the listeners, which their process closes when it ends
 * @throws an Error with code EADDRINUSE
 */
export function exposePorts(network: NetworkNamespace, ports: readonly ExposedPort[]): readonly Listener[] {
  return ports.map(({ address, podPort, loopbackPort }) =>
    network.listen(
      podPort,
      inside =>
        splice(inside, net.connect({ host: LOOPBACK, port: loopbackPort, allowHalfOpen: true }), reset),
      address,
    ),
  );
}
