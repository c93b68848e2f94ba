/** One process's view of a host. The process owns the sockets that it opens; they close when it exits. */
import type {
  ConnectOptions,
  DatagramAnswer,
  Listener,
  NetworkNamespace,
  ProcessNetwork,
  RedirectRules,
  ResolverConfig,
  VirtualSocket,
} from './interfaces.ts';
import type { Accept } from './port-table.ts';

/** The network as one process has it, with everything that its end closes. */
export class ProcessScope implements ProcessNetwork {
  readonly #host: NetworkNamespace;
  readonly #uid: number;
  readonly #sockets = new Set<VirtualSocket>();
  readonly #listeners = new Set<Listener>();
  #hasExited = false;

  constructor(host: NetworkNamespace, uid: number) {
    this.#host = host;
    this.#uid = uid;
  }

  get name(): string {
    return this.#host.name;
  }
  get address(): string {
    return this.#host.address;
  }
  get nameserver(): string | undefined {
    return this.#host.nameserver;
  }

  connect(address: string, port: number, options?: ConnectOptions): VirtualSocket {
    return this.#own(
      this.#host.connect(address, port, {
        uid: options?.uid ?? this.#uid,
        localAddress: options?.localAddress,
      }),
    );
  }

  listen(port: number, onConnection: Accept, address?: string): Listener {
    return this.#closeable(this.#host.listen(port, socket => onConnection(this.#own(socket)), address));
  }

  listenDatagram(port: number, answer: DatagramAnswer): Listener {
    return this.#closeable(this.#host.listenDatagram(port, answer));
  }

  exchangeDatagram(
    address: string,
    port: number,
    query: Buffer,
    timeoutMs: number,
    uid = this.#uid,
  ): Promise<Buffer> {
    return this.#host.exchangeDatagram(address, port, query, timeoutMs, uid);
  }

  resolve(name: string, uid = this.#uid): Promise<readonly string[]> {
    return this.#host.resolve(name, uid);
  }

  setRedirect(rules: RedirectRules | undefined): void {
    this.#host.setRedirect(rules);
  }

  setResolver(config: ResolverConfig): void {
    this.#host.setResolver(config);
  }

  forProcess(uid = this.#uid): ProcessNetwork {
    return this.#host.forProcess(uid);
  }

  destroy(): void {
    this.#host.destroy();
  }

  exit(): void {
    this.#hasExited = true;
    for (const listener of [...this.#listeners]) listener.close();
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  #own<T extends VirtualSocket>(socket: T): T {
    if (this.#hasExited) {
      // Whatever still runs of a program that has been killed can do nothing any more.
      socket.destroy();
      return socket;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)); // it comes once
    return socket;
  }

  #closeable(listener: Listener): Listener {
    const owned: Listener = {
      port: listener.port,
      close: () => {
        this.#listeners.delete(owned);
        listener.close();
      },
    };
    if (this.#hasExited) owned.close();
    else this.#listeners.add(owned);
    return owned;
  }
}
