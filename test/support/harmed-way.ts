/** Ways to API servers on which one connection comes to harm. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a network does to a connection. */
export type NetworkFault = 'refused' | 'cut' | 'silent';
export const NETWORK_FAULTS: readonly NetworkFault[] = ['refused', 'cut', 'silent'];

/** The connection that comes to harm: of which way, which of its connections, how. */
export interface Harm {
  readonly way: number;
  readonly index: number;
  readonly fault: NetworkFault;
}

/** One way, which listens on a port of its own. */
class HarmedWay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #count = 0;
  #harm: Harm | undefined;

  constructor(port: number) {
    this.#server = createServer(socket => {
      const fault = this.#count === this.#harm?.index ? this.#harm.fault : undefined;
      this.#count += 1;
      this.#keep(socket);
      if (fault === 'silent') return;
      if (fault === 'refused') {
        socket.resetAndDestroy();
        return;
      }
      const target = this.#keep(connect(port, '127.0.0.1'));
      socket.pipe(target).pipe(socket);
      // After the handshake, and in the middle of an answer.
      if (fault === 'cut') target.once('data', () => target.once('data', () => socket.resetAndDestroy()));
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  begin(harm: Harm | undefined): number {
    const before = this.#count;
    this.#count = 0;
    this.#harm = harm;
    return before;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

/** Ways to all API servers of a kubeconfig. */
export interface HarmedWays extends AsyncDisposable {
  /** The kubeconfig with the ways in the places of the servers. */
  readonly kubeconfig: string;
  /** Counts anew, and harms a connection or none. @returns how many connections each way had until then */
  begin(harm?: Harm): readonly number[];
}

/** @param kubeconfig - a document whose servers are `https://127.0.0.1:PORT` */
export async function harmedWays(kubeconfig: string): Promise<HarmedWays> {
  const ports = [
    ...new Set([...kubeconfig.matchAll(/https:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => port)),
  ];
  const ways = ports.map(port => new HarmedWay(Number(port)));
  const listening = await Promise.all(ways.map(way => way.listen()));
  return {
    kubeconfig: ports.reduce<string>(
      (document, port, index) => document.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${listening[index]}`),
      kubeconfig,
    ),
    begin: harm => ways.map((way, index) => way.begin(index === harm?.way ? harm : undefined)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(ways.map(way => way[Symbol.asyncDispose]()));
    },
  };
}

/** Every harm that can come to so many connections. */
export const allHarms = (counts: readonly number[]): readonly Harm[] =>
  counts.flatMap((count, way) =>
    Array.from({ length: count }, (_, index) => NETWORK_FAULTS.map(fault => ({ way, index, fault }))).flat(),
  );

/** A harm in words. */
export const tellHarm = ({ way, index, fault }: Harm): string =>
  `connection ${index} to cluster${way + 1} ${fault}`;
