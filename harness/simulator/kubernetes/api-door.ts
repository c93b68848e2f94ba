/** The port of an API server in the virtual network, which can be shut for a while. */
import type { Listener, NetworkNamespace } from '../network/interfaces.ts';
import type { ApiServer } from './api-server.ts';

/** Where API servers listen, as kubeadm sets them up. */
export const API_PORT = 6443;

/** Takes connections for the API server, unless it is shut. */
export class ApiDoor {
  readonly #network: NetworkNamespace;
  readonly #api: Pick<ApiServer, 'accept' | 'pause'>;
  #listener: Listener | undefined;
  #shut = 0;

  constructor(network: NetworkNamespace, api: Pick<ApiServer, 'accept' | 'pause'>) {
    this.#network = network;
    this.#api = api;
    this.#open();
  }

  /** Ends all connections, and refuses new ones, as where nobody listens. @returns what opens it */
  shut(): () => void {
    this.#shut += 1;
    this.close();
    const resume = this.#api.pause();
    let isOpen = false;
    return () => {
      if (isOpen) return;
      isOpen = true;
      resume();
      this.#shut -= 1;
      if (this.#shut === 0) this.#open();
    };
  }

  close(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  #open(): void {
    this.#listener = this.#network.listen(API_PORT, socket => this.#api.accept(socket));
  }
}
