/**
 * `node-address`: each Service of type LoadBalancer gets an address of its own on a node. No image, and no
 * port is shared.
 */
import { type Clock, sleep } from '../../base/clock.ts';
import { isNotFound, type KubernetesClient, type KubernetesObject } from '../../base/kubernetes-client.ts';
import type { Engine } from './engine/engine.ts';
import { onNode } from './nodes.ts';

export interface LoadBalancerOptions {
  readonly engine: Engine;
  readonly client: KubernetesClient;
  /** The node that is to have the addresses. */
  readonly container: string;
  /** An address of that node on the network that the others reach: its interface gets the new ones. */
  readonly nodeAddress: string;
  /** Hands out addresses: one pool for all clusters on a network. */
  readonly pool: AddressPool;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of what goes wrong; it is tried again. */
  readonly onTrouble: (message: string) => void;
}

/** The free addresses of a slice that Docker never gives out by itself. */
export class AddressPool {
  readonly #free: string[];

  constructor(addresses: readonly string[]) {
    this.#free = [...addresses];
  }

  /** @throws Error if there is none left */
  take(): string {
    const address = this.#free.shift();
    if (address === undefined) throw new Error('There is no address left for another load balancer.');
    return address;
  }

  /** To the end of the queue: a neighbour may still remember who had it. */
  give(address: string): void {
    this.#free.push(address);
  }
}

const RETRY_MS = 1000;
const services = { apiVersion: 'v1', plural: 'services' };

interface Service extends KubernetesObject {
  readonly spec?: { readonly type?: string };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

/**
 * Serves the Services of one cluster until `signal` aborts. kube-proxy does the rest: it takes the address in
 * the status for its own.
 */
export async function serveLoadBalancers(options: LoadBalancerOptions): Promise<void> {
  const { client, clock, signal, onTrouble } = options;
  const device = new NodeAddresses(options);
  while (!signal.aborted) {
    try {
      const { items, resourceVersion } = await client.list(services, {}, signal);
      const here = new Set(items.map(keyOf));
      for (const key of device.keys()) if (!here.has(key)) await device.withdraw(key);
      for (const item of items) await device.bring(item as Service); // of `services`
      // One after the other, in the order of their events.
      let work = Promise.resolve();
      await client.watch(
        services,
        { resourceVersion },
        ({ type, object }) => {
          work = work
            .then(async () => {
              if (type === 'DELETED') await device.withdraw(keyOf(object));
              else if (type === 'ADDED' || type === 'MODIFIED') await device.bring(object as Service);
            })
            .catch((error: unknown) => tell(error));
        },
        signal,
      );
      await work;
    } catch (error) {
      if (signal.aborted) return;
      tell(error);
    }
    await sleep(clock, RETRY_MS, signal).catch(() => {}); // aborted: the loop ends
  }

  function tell(error: unknown): void {
    if (!signal.aborted) onTrouble(error instanceof Error ? error.message : String(error));
  }
}

/** The addresses that a node has been given for Services. */
class NodeAddresses {
  readonly #options: LoadBalancerOptions;
  readonly #given = new Map<string, string>();
  #device: string | undefined;

  constructor(options: LoadBalancerOptions) {
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

const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
