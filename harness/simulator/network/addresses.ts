/** Ranges of a simulated network's addresses, and handing addresses out. */
import { contains, formatIpv4, overlaps, parseCidr, parseIpv4, sizeOf } from '../../base/ipv4.ts';

export const isLoopback = (address: string): boolean => address.startsWith('127.');

/** Addresses from `first` to `last`, both included. */
export class AddressRange {
  readonly first: number;
  readonly last: number;

  constructor(first: number, last: number) {
    this.first = first;
    this.last = last;
  }

  /**
   * Reads a range.
   * @param cidr - `10.10.0.0/16`
   * @throws RangeError if it is no CIDR of at least four addresses
   */
  static parse(cidr: string): AddressRange {
    const range = parseCidr(cidr);
    if (!range || range.prefix > 30) throw new RangeError(`"${cidr}" is not an IPv4 range.`);
    return new AddressRange(range.first, range.last);
  }

  get size(): number {
    return sizeOf(this);
  }

  contains(address: string): boolean {
    return contains(this, address);
  }

  overlaps(other: AddressRange): boolean {
    return overlaps(this, other);
  }

  /** Returns the part from `offset`, `size` addresses long. */
  slice(offset: number, size: number): AddressRange {
    return new AddressRange(this.first + offset, this.first + offset + size - 1);
  }
}

/**
 * Hands out the addresses of a range in order, and those that came back only when the range has gone round.
 */
export class AddressPool {
  readonly #range: AddressRange;
  readonly #taken = new Set<number>();
  #next: number;

  constructor(range: AddressRange) {
    this.#range = range;
    this.#next = range.first;
  }

  /**
   * Takes the next free address.
   * @throws Error if every address is taken
   */
  take(what: string): string {
    for (let tried = 0; tried < this.#range.size; tried++) {
      const candidate = this.#next;
      this.#next = candidate === this.#range.last ? this.#range.first : candidate + 1;
      if (this.#taken.has(candidate)) continue;
      this.#taken.add(candidate);
      return formatIpv4(candidate);
    }
    const range = `${formatIpv4(this.#range.first)} to ${formatIpv4(this.#range.last)}`;
    throw new Error(`No address is left for ${what} between ${range}.`);
  }

  release(address: string): void {
    const value = parseIpv4(address);
    if (value !== undefined) this.#taken.delete(value);
  }
}
