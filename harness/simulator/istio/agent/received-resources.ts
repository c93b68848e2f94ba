/** What a proxy has been told: decodes it, hands it to Envoy, and says which resources need others. */
import { messageOf } from '../../../base/errors.ts';
import type { Envoy } from '../envoy/envoy.ts';
import type { AdsUpdate, Reference } from '../xds/ads/subscription.ts';
import { TYPE_URLS } from '../xds/ads/type-urls.ts';
import { decodeOnce } from '../xds/envoy-v3/decode-once.ts';
import { decodeDiscoveredFilter } from '../xds/envoy-v3/network-filter.ts';
import { CODECS } from '../xds/envoy-v3/resource-codecs.ts';
import { Refusal } from '../xds/proto/refusal.ts';
import { discoveredBy, routeNamesOf } from '../xds/references.ts';
import type { Cluster, Listener, ResourcesByType, ResourceType, ResourceUpdate } from '../xds/resources.ts';
import { typeOfUrl, typeUrlOf } from '../xds/wire/types.ts';
import type { NameServer } from './name-server.ts';
import type { TrustedRoots } from './trusted-roots.ts';

/** Who uses what istiod tells. */
export interface Receivers {
  readonly envoy: Envoy;
  /** Absent unless the agent answers names. */
  readonly names?: NameServer | undefined;
  /** Absent unless the agent asks for roots. */
  readonly roots?: TrustedRoots;
}

type AnyResource = ResourcesByType[ResourceType][number];

/** Puts updates together to whole types, as Envoy keeps what an update does not speak of. */
export class ReceivedResources {
  readonly #envoy: Envoy;
  readonly #receivers: Receivers;
  readonly #byType = new Map<ResourceType, ReadonlyMap<string, AnyResource>>();

  constructor(receivers: Receivers) {
    this.#envoy = receivers.envoy;
    this.#receivers = receivers;
  }

  /**
   * Uses an update. Of one that is refused, Envoy uses the valid resources.
   * @returns why Envoy refuses it, or undefined if it accepts it
   */
  apply(typeUrl: string, { version, resources, removed }: AdsUpdate<Uint8Array>): string | undefined {
    if (typeUrl === TYPE_URLS.ecds) return this.#applyDiscovered(resources, removed);
    if (typeUrl === TYPE_URLS.nds)
      return this.#hand(resources, body => this.#receivers.names?.setTable(body));
    if (typeUrl === TYPE_URLS.pcds)
      return this.#hand(resources, body => this.#receivers.roots?.setBundle(body));
    const type = typeOfUrl(typeUrl);
    if (!type) return undefined; // nothing subscribes to another type
    const before = this.#of(type);
    const next = new Map(before);
    for (const name of removed) next.delete(name);
    const unreadable: string[] = [];
    const told: AnyResource[] = [];
    for (const { name, body } of resources) {
      try {
        const resource = decodeOnce(type, body);
        // Two of one name would be refused together with every update that comes after them.
        const own = nameOf(type, resource);
        if (own !== name) throw new Refusal(`a resource of the name '${own}' is not simulated under another`);
        told.push(resource);
        next.set(name, resource);
      } catch (error) {
        unreadable.push(`${name}: ${messageOf(error)}`);
      }
    }
    const isTwice = new Set(resources.map(({ name }) => name)).size < resources.length;
    const all = isTwice ? told : [...next.values()];
    // A cast: each type's map holds resources of that type.
    const fault = this.#envoy.apply({ type, version, resources: all } as ResourceUpdate, unreadable);
    if (isTwice) return fault;
    if (fault !== undefined) this.#keepUsed(type, { before, next });
    this.#byType.set(type, next);
    return fault;
  }

  /** Hands on what is the agent's own affair, not Envoy's. */
  #hand(resources: AdsUpdate<Uint8Array>['resources'], take: (body: Uint8Array) => void): string | undefined {
    try {
      for (const { body } of resources) take(body);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  #applyDiscovered(resources: AdsUpdate<Uint8Array>['resources'], removed: readonly string[]) {
    this.#envoy.dropDiscovered(removed);
    const unreadable: string[] = [];
    const filters = resources.flatMap(({ name, body }) => {
      try {
        return [decodeDiscoveredFilter(body)];
      } catch (error) {
        unreadable.push(`${name}: ${messageOf(error)}`);
        return [];
      }
    });
    const faults = [...unreadable, this.#envoy.applyDiscovered(filters)].filter(each => each !== undefined);
    return faults.length > 0 ? faults.join(', ') : undefined;
  }

  /** Says what a resource needs: a cluster its endpoints, a listener its routes and filters. */
  references(typeUrl: string, name: string): readonly Reference[] {
    const type = typeOfUrl(typeUrl);
    if (type === 'cluster') return endpointsOf(this.#of(type).get(name) as Cluster | undefined);
    if (type === 'listener') return neededBy(this.#of(type).get(name) as Listener | undefined);
    return [];
  }

  /** Forgets what nothing needs any more. */
  drop(typeUrl: string, names: readonly string[]): void {
    if (typeUrl === TYPE_URLS.ecds) this.#envoy.dropDiscovered(names);
    const type = typeOfUrl(typeUrl);
    if (!type) return;
    const next = new Map(this.#of(type));
    for (const name of names) next.delete(name);
    this.#byType.set(type, next);
  }

  /** What Envoy has refused of an update gives way to what was there before. */
  #keepUsed(
    type: ResourceType,
    { before, next }: { before: ReadonlyMap<string, AnyResource>; next: Map<string, AnyResource> },
  ): void {
    for (const [name, resource] of next) {
      const old = before.get(name);
      if (resource === old || this.#envoy.uses(type, name, resource)) continue;
      if (old) next.set(name, old);
      else next.delete(name);
    }
  }

  #of(type: ResourceType): ReadonlyMap<string, AnyResource> {
    return this.#byType.get(type) ?? new Map();
  }
}

function nameOf<T extends ResourceType>(type: T, resource: ResourcesByType[T][number]): string {
  const codec: (typeof CODECS)[T] = CODECS[type];
  return codec.nameOf(resource);
}

const endpointsOf = (cluster: Cluster | undefined): readonly Reference[] =>
  cluster?.type === 'EDS' ? [{ typeUrl: typeUrlOf('endpoint'), name: cluster.name }] : [];

const neededBy = (listener: Listener | undefined): readonly Reference[] =>
  listener
    ? [
        ...routeNamesOf(listener).map(name => ({ typeUrl: typeUrlOf('route'), name })),
        ...discoveredBy(listener).map(({ name }) => ({ typeUrl: TYPE_URLS.ecds, name })),
      ]
    : [];
