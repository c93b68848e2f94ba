/** IPv4 arithmetic: addresses, ranges, and handing addresses out. */

/** @returns the address as a number, or undefined if it is not four decimal bytes with dots between them */
export function parseAddress(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  let value = 0;
  for (const part of match.slice(1)) {
    const byte = Number(part);
    if (byte > 255) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

export function formatAddress(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

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
   * @param cidr - `10.10.0.0/16`
   * @throws RangeError if it is no CIDR of at least four addresses
   */
  static parse(cidr: string): AddressRange {
    const [base = '', prefix = ''] = cidr.split('/');
    const address = parseAddress(base);
    const bits = /^\d{1,2}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (address === undefined || !(bits >= 0 && bits <= 30))
      throw new RangeError(`"${cidr}" is not an IPv4 range.`);
    const size = 2 ** (32 - bits);
    const first = address - (address % size);
    return new AddressRange(first, first + size - 1);
  }

  get size(): number {
    return this.last - this.first + 1;
  }

  contains(address: string): boolean {
    const value = parseAddress(address);
    return value !== undefined && value >= this.first && value <= this.last;
  }

  overlaps(other: AddressRange): boolean {
    return this.first <= other.last && other.first <= this.last;
  }

  /** The part from `offset`, `size` addresses long. */
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

  /** @throws Error if every address is taken */
  take(what: string): string {
    for (let tried = 0; tried < this.#range.size; tried++) {
      const candidate = this.#next;
      this.#next = candidate === this.#range.last ? this.#range.first : candidate + 1;
      if (this.#taken.has(candidate)) continue;
      this.#taken.add(candidate);
      return formatAddress(candidate);
    }
    const range = `${formatAddress(this.#range.first)} to ${formatAddress(this.#range.last)}`;
    throw new Error(`No address is left for ${what} between ${range}.`);
  }

  release(address: string): void {
    const value = parseAddress(address);
    if (value !== undefined) this.#taken.delete(value);
  }
}
