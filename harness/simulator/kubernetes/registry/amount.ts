/**
 * Sums and comparisons of quantities without loss, and the text of a sum (apimachinery
 * pkg/api/resource/quantity.go @v0.34: Add, Cmp, String).
 */
import { canonicalQuantity } from './canonical-quantity.ts';

const NANO_DIGITS = 9;
const NANO = 10n ** BigInt(NANO_DIGITS);
const DECIMAL_EXPONENTS = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A quantity as a number; what a nano is too coarse for is rounded away from zero. */
export interface Amount {
  readonly nano: bigint;
  /** It is told in powers of 1024. */
  readonly isBinary: boolean;
}

/** What is nothing takes the form of what is added to it. */
export const NOTHING: Amount = { nano: 0n, isBinary: false };

/** Whole things. */
export const wholes = (count: number): Amount => ({ nano: BigInt(count) * NANO, isBinary: false });

/** Reads a quantity that validation has let through; anything else is nothing. */
export function amountOf(quantity: unknown): Amount {
  const match = /^([+-]?)(\d*)\.?(\d*)([eEinumkKMGTP]*[+-]?\d*)$/.exec(String(quantity ?? '').trim());
  if (!match) return NOTHING;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  const digits = BigInt(`${whole || '0'}${fraction}`) * (sign === '-' ? -1n : 1n);
  const power = BINARY.indexOf(suffix);
  if (power > 0)
    return { nano: scaled(digits * 1024n ** BigInt(power), NANO_DIGITS - fraction.length), isBinary: true };
  const named = DECIMAL_EXPONENTS.indexOf(suffix);
  const exponent = named < 0 ? Number(suffix.slice(1)) : 3 * (named - 3);
  return { nano: scaled(digits, exponent + NANO_DIGITS - fraction.length), isBinary: false };
}

/** Times a power of ten. */
function scaled(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  const unit = 10n ** BigInt(-exponent);
  const left = digits / unit;
  if (left * unit === digits) return left;
  return left + (digits < 0n ? -1n : 1n);
}

/** The sum, in the form of the first; of the second if the first is nothing. */
export const added = (one: Amount, other: Amount): Amount => ({
  nano: one.nano + other.nano,
  isBinary: one.nano === 0n ? other.isBinary : one.isBinary,
});

/** The text that the server shows. */
export function amountText({ nano, isBinary }: Amount): string {
  if (!isBinary || nano % NANO !== 0n || (nano < 1024n * NANO && nano > -1024n * NANO))
    return canonicalQuantity(`${nano}n`, 'nano');
  let bytes = nano / NANO;
  let power = 0;
  while (bytes % 1024n === 0n && power < BINARY.length - 1) {
    bytes /= 1024n;
    power++;
  }
  return `${bytes}${BINARY[power]}`;
}
