/**
 * Resource quantities: `500m`, `2Gi`, `4`, `1e3` (apimachinery pkg/api/resource/quantity.go and suffix.go
 * @v0.32).
 */

/** Powers of ten. */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** Powers of two. */
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** The largest amount that a quantity with a binary suffix holds; larger ones become this one. */
const MAX_BINARY = 2 ** 63 - 1;

const FORMAT_PROBLEM =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_PROBLEM = "unable to parse quantity's suffix";

/**
 * Returns the plain number: cores, bytes; 0 for what is absent or no quantity.
 * Unlike Kubernetes, this is a double: it is exact up to 2^53 and keeps digits below a nano.
 */
export function parseQuantity(quantity: string | number | undefined): number {
  const read = quantity === undefined ? 0 : readQuantity(String(quantity));
  return typeof read === 'number' ? read : 0;
}

/** Returns what is wrong with a text in the server's words; undefined for a quantity. */
export function problemOfQuantity(text: string): string | undefined {
  const read = readQuantity(text);
  return typeof read === 'string' ? read : undefined;
}

/**
 * The number may lack all of its digits, as in `Ki` or `+`: it is 0 then. So the server's parser has it,
 * although its own message about the regular expression says something else.
 */
function readQuantity(text: string): number | string {
  if (text === '') return FORMAT_PROBLEM;
  const match = /^([+-]?)(\d*)\.?(\d*)([eEinumkKMGTP]*[+-]?\d*)$/.exec(text.trim());
  if (!match) return FORMAT_PROBLEM;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  const number = `${sign}${whole || '0'}.${fraction || '0'}`;
  const two = BINARY[suffix];
  if (two !== undefined) {
    const amount = Number(number) * 2 ** two;
    return Math.max(-MAX_BINARY, Math.min(amount, MAX_BINARY));
  }
  const ten = DECIMAL[suffix] ?? exponentOf(suffix);
  // As one literal, so that the result is the double next to the decimal number.
  return ten === undefined ? SUFFIX_PROBLEM : Number(`${number}e${ten}`);
}

/** Reads an exponent: `e3`, `E-3`; undefined for other suffixes. */
function exponentOf(suffix: string): number | undefined {
  return /^[eE][+-]?\d+$/.test(suffix) ? Number(suffix.slice(1)) : undefined;
}
