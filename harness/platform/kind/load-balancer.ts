/**
 * `node-address`: each Service of type LoadBalancer gets an address of its own on a node. That takes no
 * image, and Services share no port.
 */
import { type Clock, sleep } from '../../base/clock.ts';
import { keyOf, NodeAddresses, type NodeAddressOptions, type Service, services } from './node-addresses.ts';

/** The cluster whose Services are served, and who hears of trouble. */
export interface LoadBalancerOptions extends NodeAddressOptions {
  readonly clock: Clock;
  /** Called with what goes wrong; it is tried again. */
  readonly onTrouble: (message: string) => void;
}

const RETRY_MS = 1000;

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
