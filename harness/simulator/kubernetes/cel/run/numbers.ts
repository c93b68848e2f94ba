/** Numbers as text (Go's strconv, as cel-go uses it). */

/** Digits without an exponent. */
function plainNumber(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', first = '', rest = '', exponent = '0'] = match;
  const digits = first + rest;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

/** Infinite and undefined numbers have names. */
export function specialNumber(value: number, infinity: string): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return infinity;
  return value === Number.NEGATIVE_INFINITY ? `-${infinity.replace('+', '')}` : undefined;
}

const withExponent = (text: string) =>
  text.replace(/e([+-])(\d)$/, (_, sign: string, digit: string) => `e${sign}0${digit}`);

/** The shortest text: with an exponent below -4 and from 6 on (Go's verb `%g`). */
export function shortNumber(value: number): string {
  const special = specialNumber(value, '+Inf');
  if (special) return special;
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const exponent = Number(value.toExponential().split('e')[1]);
  return exponent < -4 || exponent >= 6 ? withExponent(value.toExponential()) : plainNumber(value);
}
