/** Puts store, registry and rules together: all of an API server but HTTP. */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { AdmissionChain, type AdmissionPlugin } from '../admission/admission.ts';
import { LocalClient } from '../local-client.ts';
import { Store } from '../store/store.ts';
import { ObjectService } from './objects.ts';
import { ResourceRegistry } from './registry.ts';
import { BUILT_IN_RESOURCES } from './resources.ts';
import { ServiceAddresses } from './service-addresses.ts';
import { validateObject } from './validation/validate.ts';

export interface MachineryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** CIDR of the cluster IPs: `10.255.0.0/16`. */
  readonly serviceRange: string;
  /** In the order in which they see a request; called once the store is there. */
  readonly plugins?: (parts: {
    readonly store: Store;
    readonly registry: ResourceRegistry;
  }) => readonly AdmissionPlugin[];
}

export interface Machinery {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly addresses: ServiceAddresses;
  readonly objects: ObjectService;
  readonly client: LocalClient;
}

export function createMachinery({ clock, random, serviceRange, plugins }: MachineryOptions): Machinery {
  const store = new Store();
  const registry = new ResourceRegistry(BUILT_IN_RESOURCES);
  const addresses = new ServiceAddresses(serviceRange, random.stream('service-addresses'));
  const objects = new ObjectService({
    store,
    registry,
    clock,
    random: random.stream('objects'),
    addresses,
    admission: new AdmissionChain(plugins?.({ store, registry }) ?? []),
    validate: validateObject,
  });
  return { store, registry, addresses, objects, client: new LocalClient(objects) };
}
