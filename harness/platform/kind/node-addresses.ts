/** The addresses that a node gets for Services, beside its own: on its interface and in their status. */
import { isNotFound, type KubernetesClient, type KubernetesObject } from '../../base/kubernetes-client.ts';
import type { Engine } from './engine/engine.ts';
import { onNode } from './nodes.ts';

/** The node of a cluster that has the addresses, and where they come from. */
export interface NodeAddressOptions {
  readonly engine: Engine;
  readonly client: KubernetesClient;
  /** The node that is to have the addresses. */
  readonly container: string;
  /** An address of that node on the network that the others reach: its interface gets the new ones. */
  readonly nodeAddress: string;
  /** Hands out addresses: one pool for all clusters on a network. */
  readonly pool: AddressPool;
  readonly signal: AbortSignal;
}

/** The free addresses of a slice that Docker never gives out by itself. */
export class AddressPool {
  readonly #free: string[];

  constructor(addresses: readonly string[]) {
    this.#free = [...addresses];
  }

  /** Takes the next address. @throws Error if none is left */
  take(): string {
    const address = this.#free.shift();
    if (address === undefined) throw new Error('There is no address left for another load balancer.');
    return address;
  }

  /** Puts an address at the end of the queue: a neighbour may still remember who had it. */
  give(address: string): void {
    this.#free.push(address);
  }
}

/** The collection that is watched and whose status is written. */
export const services = { apiVersion: 'v1', plural: 'services' };

/** What matters of a Service here. */
export interface Service extends KubernetesObject {
  readonly spec?: { readonly type?: string };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

/** The addresses that a node has been given for Services. */
export class NodeAddresses {
  readonly #options: NodeAddressOptions;
  readonly #given = new Map<string, string>();
  #device: string | undefined;

  constructor(options: NodeAddressOptions) {
    this.#options = options;
  }

  keys(): readonly string[] {
    return [...this.#given.keys()];
  }

  async bring(service: Service): Promise<void> {
    const key = keyOf(service);
    const { engine, container, pool, client, signal } = this.#options;
    if (service.spec?.type !== 'LoadBalancer' || service.metadata.deletionTimestamp !== undefined) {
      await this.withdraw(key);
      return;
    }
    const given = this.#given.get(key);
    const shown = service.status?.loadBalancer?.ingress?.[0]?.ip;
    if (given !== undefined && shown === given) return;
    const address = given ?? pool.take();
    this.#given.set(key, address);
    const device = await this.#deviceName();
    // `replace` can be repeated.
    await onNode(engine, container, ['ip', 'address', 'replace', `${address}/32`, 'dev', device]);
    const { name, namespace = 'default' } = service.metadata;
    try {
      await client.patch(
        { ...services, namespace, name, subresource: 'status' },
        'merge',
        { status: { loadBalancer: { ingress: [{ ip: address }] } } },
        {},
        signal,
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.withdraw(key);
    }
  }

  async withdraw(key: string): Promise<void> {
    const address = this.#given.get(key);
    if (address === undefined) return;
    const { engine, container, pool } = this.#options;
    await engine.exec(container, [
      'ip',
      'address',
      'delete',
      `${address}/32`,
      'dev',
      await this.#deviceName(),
    ]);
    this.#given.delete(key);
    pool.give(address);
  }

  async #deviceName(): Promise<string> {
    const { engine, container, nodeAddress } = this.#options;
    this.#device ??= deviceOf(
      await onNode(engine, container, ['ip', '-o', '-4', 'address', 'show']),
      nodeAddress,
    );
    return this.#device;
  }
}

/**
 * Finds the network device that has an address.
 * @param listing - of `ip -o -4 address show`: `12: eth1    inet 172.30.1.64/24 brd … scope global eth1`
 * @throws Error if no device has the address
 */
export function deviceOf(listing: string, address: string): string {
  for (const line of listing.split('\n')) {
    const [, device, , cidr] = line.trim().split(/\s+/);
    if (device !== undefined && cidr?.startsWith(`${address}/`)) return device.replace(/@.*$/, '');
  }
  throw new Error(`No device has the address ${address}.`);
}

/** Names a Service among those of its cluster: `namespace/name`. */

export const keyOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`;
