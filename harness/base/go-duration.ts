/** Durations as Go's flags and resources write them (package time, ParseDuration). */

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const WHOLE = /^([+-]?)(?:0|((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+))$/;
const PARTS = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** Reads a duration: `1h30m`, `300s`, `0`. @returns milliseconds, or undefined if it is malformed */
export function parseDuration(text: string): number | undefined {
  const match = WHOLE.exec(text);
  if (!match) return undefined;
  const total = [...(match[2] ?? '').matchAll(PARTS)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
  return match[1] === '-' ? 0 - total : total;
}
