/** IP addresses as bytes, and their one right spelling (Go's net/netip). */

/** 4 bytes or 16. */
export type AddressBytes = readonly number[];

/** What is wrong with a text, as netip says it. */
export class AddressError extends Error {}

const fail = (text: string, problem: string): never => {
  throw new AddressError(`ParseAddr(${JSON.stringify(text)}): ${problem}`);
};

function readIPv4(text: string, within: string): number[] {
  const fields = text.split('.');
  for (const field of fields) {
    if (field === '') fail(within, `IPv4 field must have at least one digit (at ${JSON.stringify(text)})`);
    if (!/^\d+$/.test(field)) fail(within, `unexpected character (at ${JSON.stringify(field)})`);
    if (field.length > 1 && field.startsWith('0')) fail(within, 'IPv4 field has octet with leading zero');
    if (Number(field) > 255) fail(within, 'IPv4 field has value >255');
  }
  if (fields.length < 4) fail(within, 'IPv4 address too short');
  if (fields.length > 4) fail(within, 'IPv4 address too long');
  return fields.map(Number);
}

/** Groups of 16 bits; the last one may be an IPv4 address. */
function readGroups(text: string, within: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group, index, all) => {
    if (index === all.length - 1 && group.includes('.')) {
      const [a = 0, b = 0, c = 0, d = 0] = readIPv4(group, within);
      return [a * 256 + b, c * 256 + d];
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const problem = /^[0-9a-fA-F]{5,}$/.test(group)
        ? `each group must have 4 or fewer digits (at ${JSON.stringify(group)})`
        : `each colon-separated field must have at least one digit (at ${JSON.stringify(group)})`;
      fail(within, problem);
    }
    return [Number.parseInt(group, 16)];
  });
}

function readIPv6(text: string): number[] {
  const [before = '', after, more] = text.split('::');
  if (more !== undefined) fail(text, 'multiple :: in address');
  const head = readGroups(before, text);
  const tail = after === undefined ? [] : readGroups(after, text);
  const missing = 8 - head.length - tail.length;
  if (after === undefined && missing > 0) fail(text, 'address string too short');
  if (missing < (after === undefined ? 0 : 1)) fail(text, 'trailing garbage after address');
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.flatMap(group => [group >> 8, group & 0xff]);
}

/** @throws AddressError for a text that is none */
export function readAddress(text: string): AddressBytes {
  if (text.includes(':')) return readIPv6(text);
  return text.includes('.') ? readIPv4(text, text) : fail(text, 'unable to parse IP');
}

/** Writes an address: the longest run of zeros of an IPv6 address is left out. */
export function writeAddress(bytes: AddressBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[at * 2] ?? 0) * 256 + (bytes[at * 2 + 1] ?? 0));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: readonly number[]) => part.map(group => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

/** The bits behind the first ones are zero. */
export function maskAddress(bytes: AddressBytes, bits: number): AddressBytes {
  return bytes.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}
