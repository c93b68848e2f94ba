/**
 * Which pods and services belong to an address: a pod may become known after the endpoint that stands for it.
 */
import type { RegistryEndpoints, RegistryPod } from './registry-objects.ts';

/**
 * Joins the Endpoints or EndpointSlices of one cluster with its pods. Names services by `sample/helloworld`.
 */
export class EndpointIndex {
  /** Service → keys of its Endpoints or slices. */
  readonly #keys = new Map<string, Set<string>>();
  readonly #podByAddress = new Map<string, RegistryPod>();
  readonly #servicesByAddress = new Map<string, Set<string>>();

  /** Returns the keys of a service's Endpoints or slices, in the order in which they appeared. */
  keysOf(service: string): Iterable<string> {
    return this.#keys.get(service) ?? [];
  }

  podAt(address: string): RegistryPod | undefined {
    return this.#podByAddress.get(address);
  }

  /**
   * @returns the services whose endpoints the pod may change; a service twice if the pod has moved within it
   */
  putPod(now: RegistryPod | undefined, before: RegistryPod | undefined): readonly string[] {
    if (before && before.address !== now?.address) this.#podByAddress.delete(before.address);
    if (now) this.#podByAddress.set(now.address, now);
    return [...new Set([now?.address, before?.address])].flatMap(address => [
      ...((address && this.#servicesByAddress.get(address)) || []),
    ]);
  }

  /**
   * @param key - of the Endpoints or the slice
   * @returns the service that these endpoints are of
   */
  putEndpoints(
    key: string,
    now: RegistryEndpoints | undefined,
    before: RegistryEndpoints | undefined,
  ): string {
    const service = (now ?? before)?.service ?? '';
    const keys = this.#keys.get(service) ?? new Set();
    if (now) keys.add(key);
    else keys.delete(key);
    if (keys.size > 0) this.#keys.set(service, keys);
    else this.#keys.delete(service);
    for (const { address } of before?.ready ?? []) this.#servicesByAddress.get(address)?.delete(service);
    for (const { address } of now?.ready ?? []) {
      const services = this.#servicesByAddress.get(address) ?? new Set();
      this.#servicesByAddress.set(address, services.add(service));
    }
    return service;
  }
}
