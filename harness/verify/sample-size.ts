/** Finds the number of requests with which the bands of all shares hold the risks. Pure. */
import { type Band, bandFor } from './band.ts';

/** Finds the band of a share for a number of requests; undefined if they do not hold the risk. */
type BandOf = (requests: number, share: number, risk: number) => Band | undefined;

/**
 * More requests than this are neither proposed nor sent: one curl asks for all of them, and has ten minutes.
 */
export const MAX_REQUESTS = 20_000;

/** The shares that a sample is expected to split into, seen from one source; they add up to 1. */
export type Split = readonly number[];

/**
 * Shares the healthy risk among the bands that can be broken separately: of two that add up to 1, one follows
 * from the other.
 */
export function riskPerBand(shares: Split, risk: number): number {
  const open = shares.filter(share => share > 0 && share < 1).length;
  return open <= 2 ? risk : risk / open;
}

function bandsFor(
  requests: number,
  shares: Split,
  risk: number,
  bandOf: BandOf,
): readonly Band[] | undefined {
  const each = riskPerBand(shares, risk);
  const known = new Map<number, Band>();
  for (const share of shares) {
    if (known.has(share)) continue;
    const band = bandOf(requests, share, each);
    if (!band) return undefined;
    known.set(share, band);
  }
  return shares.map(share => known.get(share)).filter(band => band !== undefined);
}

/**
 * Returns the bands of every source's sample: each source is a sample of its own, and so is its risk.
 * @returns undefined if this many requests do not hold the risk for one of them
 */
export function bandsOfAll(
  requests: number,
  splits: readonly Split[],
  risk: number,
  bandOf: BandOf = bandFor,
): readonly (readonly Band[])[] | undefined {
  const bands: (readonly Band[])[] = [];
  for (const shares of splits) {
    const ofSource = bandsFor(requests, shares, risk, bandOf);
    if (!ofSource) return undefined;
    bands.push(ofSource);
  }
  return bands;
}

/**
 * Finds the smallest number of requests, at least `from`, whose bands hold the risks for every source.
 * @returns undefined if that takes more than 20 000
 */
export const smallestSample = (splits: readonly Split[], risk: number, from = 1): number | undefined =>
  smallestThat(n => bandsOfAll(n, splits, risk) !== undefined, from);

/**
 * Finds the smallest number of requests, at least `from`, that holds the risks.
 *
 * Whether a number holds them is monotone but for the rounding of the limits, which plays out within a few
 * requests. So halving finds the edge, and the last stretch before it is tried one by one.
 * @returns undefined if that takes more than 20 000
 */
export function smallestThat(holds: (requests: number) => boolean, from: number): number | undefined {
  const first = Math.max(1, from);
  if (holds(first)) return first;
  let low = first;
  let high = first;
  do {
    if (high >= MAX_REQUESTS) return undefined;
    low = high;
    high = Math.min(MAX_REQUESTS, high * 2);
  } while (!holds(high));
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  for (let n = Math.max(first, high - 32); n < high; n += 1) if (holds(n)) return n;
  return high;
}
