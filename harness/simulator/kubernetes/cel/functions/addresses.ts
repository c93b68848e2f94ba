/** IP addresses and networks (apiserver pkg/cel/library/ip.go and cidr.go @v1.34). */
import { opaqueType } from '../check/types.ts';
import { type AddressBytes, AddressError, maskAddress, readAddress, writeAddress } from '../run/addresses.ts';
import { EvaluationError, ForeignValue } from '../run/values.ts';
import type { Library } from './declare.ts';

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const isSame = (a: AddressBytes, b: AddressBytes) => writeAddress(a) === writeAddress(b);

/** An address; IPv4 in IPv6 is none. */
class Ip extends ForeignValue {
  override readonly type = opaqueType('net.IP');
  readonly bytes: AddressBytes;
  constructor(bytes: AddressBytes) {
    super();
    this.bytes = bytes;
  }
  override equals(other: ForeignValue): boolean {
    return other instanceof Ip && isSame(this.bytes, other.bytes);
  }
  override toString(): string {
    return writeAddress(this.bytes);
  }
}

class Cidr extends ForeignValue {
  override readonly type = opaqueType('net.CIDR');
  readonly bytes: AddressBytes;
  readonly bits: number;
  constructor(bytes: AddressBytes, bits: number) {
    super();
    this.bytes = bytes;
    this.bits = bits;
  }
  override equals(other: ForeignValue): boolean {
    return other instanceof Cidr && isSame(this.bytes, other.bytes) && this.bits === other.bits;
  }
  contains({ bytes }: Ip): boolean {
    return bytes.length === this.bytes.length && isSame(maskAddress(bytes, this.bits), this.masked().bytes);
  }
  masked(): Cidr {
    return new Cidr(maskAddress(this.bytes, this.bits), this.bits);
  }
  override toString(): string {
    return `${writeAddress(this.bytes)}/${this.bits}`;
  }
}

const isMapped = (bytes: AddressBytes) =>
  bytes.length === 16 && bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255));

function readIp(text: string): Ip {
  const [plain = '', zone] = text.split('%');
  let bytes: AddressBytes;
  try {
    bytes = readAddress(plain);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    const problem = `parse error during conversion from string: ${messageOf(error)}`;
    throw new EvaluationError(`IP Address ${JSON.stringify(text)} ${problem}`);
  }
  if (zone !== undefined)
    throw new EvaluationError(`IP address ${JSON.stringify(text)} with zone value is not allowed`);
  if (isMapped(bytes))
    throw new EvaluationError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return new Ip(bytes);
}

function prefixProblem(text: string): Error {
  return new EvaluationError(
    'network address parse error during conversion from string: ' +
      'network address parse error during conversion from string: ' +
      `netip.ParsePrefix(${JSON.stringify(text)}): `,
  );
}

function readCidr(text: string): Cidr {
  const slash = text.lastIndexOf('/');
  const problem = prefixProblem(text);
  const fail = (detail: string) => new EvaluationError(problem.message + detail);
  if (slash < 0) throw fail("no '/'");
  let bytes: AddressBytes;
  try {
    bytes = readAddress(text.slice(0, slash));
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw fail(messageOf(error));
  }
  const length = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length)) throw fail(`bad bits after slash: ${JSON.stringify(length)}`);
  if (Number(length) > bytes.length * 8) throw fail('prefix length out of range');
  if (isMapped(bytes))
    throw new EvaluationError(
      'network address parse error during conversion from string: ' +
        `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`,
    );
  return new Cidr(bytes, Number(length));
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

const containsCidr = (a: Cidr, b: Cidr) => a.bits <= b.bits && a.contains(new Ip(b.bytes));

const isUnspecified = ({ bytes }: Ip) => bytes.every(byte => byte === 0);
const isLoopback = ({ bytes }: Ip) => (bytes.length === 4 ? bytes[0] === 127 : writeAddress(bytes) === '::1');
const isLinkLocalMulticast = ({ bytes: [a, b, c, ...rest] }: Ip) =>
  rest.length === 1 ? a === 224 && b === 0 && c === 0 : a === 0xff && ((b ?? 0) & 0x0f) === 2;
const isLinkLocalUnicast = ({ bytes: [a, b = 0, ...rest] }: Ip) =>
  rest.length === 2 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80;
const isMulticast = ({ bytes: [a = 0, ...rest] }: Ip) =>
  rest.length === 3 ? (a & 0xf0) === 0xe0 : a === 0xff;
const isGlobalUnicast = (ip: Ip) =>
  !isUnspecified(ip) &&
  !isLoopback(ip) &&
  !isMulticast(ip) &&
  !isLinkLocalUnicast(ip) &&
  ip.toString() !== '255.255.255.255';

/** Declares the functions over addresses and networks. */
export function declareAddresses(library: Library): void {
  library
    .declare('string_to_ip', 'ip(string): net.IP', readIp)
    .declare('cidr_ip', '.ip(net.CIDR): net.IP', ({ bytes }: Cidr) => new Ip(bytes))
    .declare('ip_family', '.family(net.IP): int', ({ bytes }: Ip) => (bytes.length === 4 ? 4n : 6n))
    .declare(
      'ip_is_canonical',
      'ip.isCanonical(string): bool',
      (text: string) => String(readIp(text)) === text,
    )
    .declare('ip_is_unspecified', '.isUnspecified(net.IP): bool', isUnspecified)
    .declare('ip_is_loopback', '.isLoopback(net.IP): bool', isLoopback)
    .declare('ip_is_link_local_multicast', '.isLinkLocalMulticast(net.IP): bool', isLinkLocalMulticast)
    .declare('ip_is_link_local_unicast', '.isLinkLocalUnicast(net.IP): bool', isLinkLocalUnicast)
    .declare('ip_is_global_unicast', '.isGlobalUnicast(net.IP): bool', isGlobalUnicast)
    .declare('is_ip', 'isIP(string): bool', (text: string) => succeeds(() => readIp(text)))
    .declare('ip_to_string', 'string(net.IP): string', String)
    .declare('string_to_cidr', 'cidr(string): net.CIDR', readCidr)
    .declare('cidr_contains_ip_string', '.containsIP(net.CIDR, string): bool', (cidr: Cidr, ip: string) =>
      cidr.contains(readIp(ip)),
    )
    .declare('cidr_contains_ip_ip', '.containsIP(net.CIDR, net.IP): bool', (cidr: Cidr, ip: Ip) =>
      cidr.contains(ip),
    )
    .declare('cidr_contains_cidr_string', '.containsCIDR(net.CIDR, string): bool', (a: Cidr, b: string) =>
      containsCidr(a, readCidr(b)),
    )
    .declare('cidr_contains_cidr', '.containsCIDR(net.CIDR, net.CIDR): bool', containsCidr)
    .declare('cidr_prefix_length', '.prefixLength(net.CIDR): int', ({ bits }: Cidr) => BigInt(bits))
    .declare('cidr_masked', '.masked(net.CIDR): net.CIDR', (cidr: Cidr) => cidr.masked())
    .declare('is_cidr', 'isCIDR(string): bool', (text: string) => succeeds(() => readCidr(text)))
    .declare('cidr_to_string', 'string(net.CIDR): string', String);
}
