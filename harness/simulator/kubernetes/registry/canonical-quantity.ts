/**
 * Quantities as the API server gives them back: `2000m` as `2`, `1024Mi` as `1Gi` (apimachinery
 * pkg/api/resource/quantity.go, ParseQuantity and CanonicalizeBytes; math.go @v0.32).
 */

/** The smallest unit that a quantity keeps, and that of the lists of a container's resources. */
type SmallestUnit = 'nano' | 'milli';

const DECIMALS: Readonly<Record<SmallestUnit, number>> = { nano: 9, milli: 3 };
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const MAX_BINARY = 2n ** 63n - 1n;
/** Numbers of more digits are not read as a machine word, and lose what is written beside their value. */
const MAX_WORD_DIGITS = 18;

/** A number times a power of ten. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/**
 * Returns the text that the server stores.
 * @param text - a quantity (`quantity.ts` says whether it is one)
 * @param unit - what is smaller is rounded away from zero
 */
export function canonicalQuantity(text: string, unit: SmallestUnit): string {
  const match = /^([+-]?)0*(\d*)\.?(\d*)([eEinumkKMGTP]*[+-]?\d*)$/.exec(text.trim());
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  const written = `${whole || '0'}${fraction}`;
  const digits = BigInt(written) * (sign === '-' ? -1n : 1n);
  if (digits === 0n) return '0';
  const power = BINARY_SUFFIXES.indexOf(suffix);
  if (power > 0)
    return binaryText({ digits: digits * 2n ** BigInt(10 * power), exponent: -fraction.length }, unit);
  const named = DECIMAL_SUFFIXES.indexOf(suffix);
  const exponent = (named < 0 ? Number(suffix.slice(1)) : 3 * (named - 3)) - fraction.length;
  const isKept =
    exponent % 3 === 0 && exponent >= -DECIMALS[unit] && !written.endsWith('000') && written[0] !== '0';
  // The server takes such a text for canonical, and keeps `+5` and `1.500`.
  if (isKept && written.length <= MAX_WORD_DIGITS) return text.trim();
  return decimalText(rounded({ digits, exponent }, DECIMALS[unit]), named < 0);
}

/** A binary amount that is small, or no whole number, is told in decimals. */
function binaryText(amount: Decimal, unit: SmallestUnit): string {
  const value = rounded(amount, DECIMALS[unit]);
  const scale = 10n ** BigInt(Math.max(0, -value.exponent));
  let bytes = value.digits / scale;
  if (bytes > MAX_BINARY || bytes < -MAX_BINARY) bytes = bytes < 0n ? -MAX_BINARY : MAX_BINARY;
  else if (value.digits % scale !== 0n || (bytes > -1024n && bytes < 1024n)) return decimalText(value, false);
  let power = 0;
  while (bytes % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
    bytes /= 1024n;
    power++;
  }
  return `${bytes}${BINARY_SUFFIXES[power]}`;
}

/** Without trailing zeros, and with an exponent that has a suffix. */
function decimalText(amount: Decimal, isExponential: boolean): string {
  let { digits, exponent } = amount;
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    digits *= 10n;
    exponent--;
  }
  if (exponent === 0) return String(digits);
  const suffix = isExponential ? undefined : DECIMAL_SUFFIXES[exponent / 3 + 3];
  return `${digits}${suffix ?? `e${exponent}`}`;
}

/** Keeps so many decimals, and rounds what is beyond them away from zero. */
function rounded({ digits, exponent }: Decimal, decimals: number): Decimal {
  const beyond = -exponent - decimals;
  if (beyond <= 0) return { digits, exponent };
  const one = digits < 0n ? -1n : 1n;
  // So far beyond them is only a number that is as good as none.
  if (beyond > String(digits).length) return { digits: one, exponent: -decimals };
  const unit = 10n ** BigInt(beyond);
  const left = digits / unit;
  return { digits: left * unit === digits ? left : left + one, exponent: -decimals };
}
