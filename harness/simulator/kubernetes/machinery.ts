/** Puts store, registry and rules together: all of an API server but HTTP. */
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { LocalClient } from './client/local.ts';
import type { Component } from './client/supervisor.ts';
import { AdmissionChain, type AdmissionPlugin } from './registry/admission.ts';
import { BUILT_IN_RESOURCES } from './registry/built-in-resources.ts';
import type { Converter } from './registry/converted.ts';
import { ObjectService } from './registry/object-service.ts';
import { ResourceRegistry } from './registry/registry.ts';
import { asGoWrites, fillAbsent } from './registry/schema/zero-values.ts';
import { ServiceAddresses } from './registry/service-addresses.ts';
import { Store } from './registry/store.ts';
import { validateObject } from './registry/validation/validate.ts';
import { telling } from './registry/warnings/telling.ts';

/** The parts of the store and its rules. */
export interface MachineryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** CIDR of the cluster IPs: `10.255.0.0/16`. */
  readonly serviceRange: string;
  /** The minor version of Kubernetes, 34 for 1.34: what is newer is not there. */
  readonly minor: number;
  /** Called with what a client's watch throws; by default that ends the process. */
  readonly onListenerError?: (error: unknown) => void;
  /** Asks the conversion webhooks of definitions; without it nobody does. */
  readonly converter?: Converter;
  /** In the order in which they see a request; called once the store is there. */
  readonly plugins?: (parts: {
    readonly store: Store;
    readonly registry: ResourceRegistry;
  }) => readonly AdmissionPlugin[];
}

/** Store, registry and rules of one cluster, joined. */
export interface Machinery {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly addresses: ServiceAddresses;
  readonly objects: ObjectService;
  readonly client: LocalClient;
  /**
   * Makes the client of one component of the cluster. It counts the writes, and catches what subscribers
   * throw.
   */
  clientFor(component: Component): LocalClient;
}

/** Makes an empty store with the built-in resources, and the rules for its objects. */
export function createMachinery({
  clock,
  random,
  serviceRange,
  minor,
  plugins,
  onListenerError,
  converter,
}: MachineryOptions): Machinery {
  const store = new Store({ onListenerError });
  const registry = new ResourceRegistry(BUILT_IN_RESOURCES, minor);
  const addresses = new ServiceAddresses(serviceRange, random.stream('service-addresses'));
  const objects = new ObjectService({
    store,
    registry,
    clock,
    random: random.stream('objects'),
    addresses,
    admission: new AdmissionChain(plugins?.({ store, registry }) ?? []),
    validate: telling(validateObject),
    zeroValues: { asGoWrites, fillAbsent },
    converter,
  });
  const clientFor = (component: Component) => new LocalClient(objects, component);
  return { store, registry, addresses, objects, client: new LocalClient(objects), clientFor };
}
