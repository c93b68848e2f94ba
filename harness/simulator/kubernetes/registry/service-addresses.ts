/** Cluster IPs for Services (pkg/registry/core/service/storage/alloc.go @v1.34). */
import { type Cidr, contains, nthAddress, parseCidr, sizeOf } from '../../../base/ipv4.ts';
import type { Random } from '../../../base/random.ts';
import { type FieldError, invalid, invalidValue } from './field-errors.ts';
import { type JsonObject, type KubernetesObject, objectOf, stringOf } from './json.ts';
import { NodePorts } from './node-ports.ts';
import { completeFamilies } from './service-families.ts';
import { dropForType, keepAllocated } from './service-fields.ts';
import { ApiError } from './status.ts';

/** The kind as errors name it. */
const SERVICE = { group: '', kind: 'Service' };

/** Hands out the cluster IPs and node ports of one cluster, and remembers which are taken. */
export class ServiceAddresses {
  readonly #random: Random;
  readonly #range: Cidr;
  /** The range as it was given, for messages. */
  readonly #text: string;
  readonly #addresses = new Set<string>();
  readonly #ports: NodePorts;

  /**
   * @param range - CIDR: `10.255.0.0/16`; the first address is kept for Service `kubernetes`, the tenth for
   *   the name server
   * @throws RangeError if that is no CIDR
   */
  constructor(range: string, random: Random) {
    const read = parseCidr(range);
    if (!read) throw new RangeError(`"${range}" is not an IPv4 range.`);
    this.#range = read;
    this.#text = range;
    this.#random = random;
    this.#ports = new NodePorts(random);
  }

  /** Returns the address with this number in the range: 1 is the API server's. */
  fixed(number: number): string {
    return nthAddress(this.#range, number);
  }

  /**
   * Completes a Service that is written, in place, and takes its addresses.
   * @param previous - the stored state, whose addresses are kept
   * @throws ApiError 422 if an address asked for is taken or out of range
   */
  allocate(service: KubernetesObject, previous: KubernetesObject | undefined, dryRun: boolean): void {
    const spec = objectOf(service['spec']);
    const before = objectOf(previous?.['spec']);
    keepAllocated(spec, previous && before);
    const errors = completeFamilies(spec, before);
    if (errors.length > 0) throw invalid(SERVICE, service.metadata.name ?? '', errors);
    if (spec['type'] === 'ExternalName') {
      if (previous && !dryRun) this.#releaseAddress(before);
    } else errors.push(...this.#takeAddress(spec, before, dryRun));
    errors.push(...this.#ports.allocate(spec, before, dryRun));
    if (errors.length > 0) throw invalid(SERVICE, service.metadata.name ?? '', errors);
    if (previous) dropForType(service, previous);
  }

  /** Takes the address that a spec asks for, or gives it a free one. @returns why it cannot have it */
  #takeAddress(spec: JsonObject, before: JsonObject, dryRun: boolean): FieldError[] {
    const asked = stringOf(spec['clusterIP']) ?? '';
    const kept = stringOf(before['clusterIP']) ?? '';
    if (asked === '') {
      spec['clusterIP'] = this.#pick(dryRun);
      spec['clusterIPs'] = [spec['clusterIP']];
    }
    if (asked === '' || asked === 'None' || kept === asked) return [];
    // A change is refused in a moment, with the server's sentence.
    if (kept !== '' && kept !== 'None') return [];
    const problem = this.#reserve(asked, dryRun);
    return problem ? [invalidValue('spec.clusterIPs', [asked], problem)] : [];
  }

  /** Gives back the addresses and ports of a deleted Service. */
  release(service: KubernetesObject): void {
    const spec = objectOf(service['spec']);
    this.#releaseAddress(spec);
    this.#ports.release(spec);
  }

  #releaseAddress(spec: Record<string, unknown>): void {
    this.#addresses.delete(stringOf(spec['clusterIP']) ?? '');
  }

  #pick(dryRun: boolean): string {
    // The real allocator, too, draws at random from above a band that is left for static addresses.
    const size = sizeOf(this.#range);
    const band = Math.min(Math.max(16, Math.floor(size / 16)), 256);
    for (let attempt = 0; attempt < 1000; attempt++) {
      const offset = band + this.#random.integer(Math.max(1, size - band - 1));
      const address = nthAddress(this.#range, offset);
      if (this.#addresses.has(address)) continue;
      if (!dryRun) this.#addresses.add(address);
      return address;
    }
    throw new ApiError(
      500,
      'InternalError',
      'Internal error occurred: failed to allocate a serviceIP: range is full',
    );
  }

  #reserve(address: string, dryRun: boolean): string | undefined {
    const { first, last } = this.#range;
    // The range keeps back the network's own address and that of broadcast.
    if (!contains({ first: first + 1, last: last - 1 }, address)) {
      return `failed to allocate IP ${address}: the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.#text}`;
    }
    if (this.#addresses.has(address))
      return `failed to allocate IP ${address}: provided IP is already allocated`;
    if (!dryRun) this.#addresses.add(address);
    return undefined;
  }
}
