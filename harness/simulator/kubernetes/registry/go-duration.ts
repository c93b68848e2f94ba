/** Durations as Go writes them: `1h30m`, `1.5s`, `200ms` (Go time/format.go, ParseDuration). */

/** Milliseconds by unit. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a duration.
 * @returns milliseconds, or what is wrong in Go's words
 */
export function parseGoDuration(text: string): number | { readonly problem: string } {
  const quoted = JSON.stringify(text);
  const invalid = { problem: `time: invalid duration ${quoted}` };
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0;
  if (body === '') return invalid;
  let total = 0;
  let rest = body;
  while (rest !== '') {
    const [, whole = '', fraction = '', unit = ''] = /^(\d*)(\.\d*)?([^.\d]*)/.exec(rest) ?? [];
    if (whole === '' && fraction.length < 2) return invalid;
    if (unit === '') return { problem: `time: missing unit in duration ${quoted}` };
    const scale = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (scale === undefined)
      return { problem: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    total += Number(`${whole === '' ? '0' : whole}${fraction}`) * scale;
    rest = rest.slice(whole.length + fraction.length + unit.length);
  }
  return sign === '-' ? -total : total;
}
