/**
 * The band of counts that a healthy share falls into. Pure.
 *
 * The model: each answer comes from a given cluster, or group of clusters (`groups.ts`), with probability p,
 * independent of the others. Istio's round robin spreads less than that, as each worker alternates. So a
 * healthy mesh is refused even more rarely than stated.
 */
import { atLeast, atMost } from './binomial.ts';

/**
 * A share counts as starved if it has fallen to this part of what is expected: 0.20 where 0.50 is. The mirror
 * image holds upwards: the others together have fallen to this part of theirs.
 */
export const STARVED_PART = 0.4;

/** The counts, out of `requests`, that a cluster's share of the answers may have. */
export interface Band {
  readonly expected: number;
  /** Fewest and most answers that are accepted. */
  readonly low: number;
  readonly high: number;
  /**
   * The wrong shares that the band excludes; null where no share is lower, or none higher, than the expected
   * one.
   */
  readonly starvedShare: number | null;
  readonly excessiveShare: number | null;
  /** Probability that a healthy mesh falls outside. */
  readonly healthyRefused: number;
  /** The larger of the probabilities that the starved and the excessive share fall inside. */
  readonly faultyAccepted: number;
}

/**
 * Finds the limit of one side: of the counts k such that to refuse everything below k is right for both
 * hypotheses, the one nearest to the middle.
 */
function lowerLimit(n: number, expected: number, starved: number, risk: number): number | undefined {
  const middle = Math.ceil((n * (expected + starved)) / 2 - 1e-9);
  const holds = (k: number) => atMost(k - 1, n, expected) <= risk / 2 && atLeast(k, n, starved) <= risk;
  // Healthy counts fall below k ever more often as k grows, starved ones reach it ever more rarely: walk away
  // from the side that fails.
  if (holds(middle)) return middle;
  const step = atMost(middle - 1, n, expected) > risk / 2 ? -1 : 1;
  for (let k = middle + step; k > 0 && k <= n; k += step) {
    if (holds(k)) return k;
    if (step < 0 ? atLeast(k, n, starved) > risk : atMost(k - 1, n, expected) > risk / 2) return undefined;
  }
  return undefined;
}

/**
 * Returns the band of accepted counts for a share.
 *
 * Each limit lies midway between the expected share and the share that it must be told apart from (0.35
 * between 0.50 and 0.20), or, if one of the two risks is broken there, at the nearest count where both hold.
 *
 * @param expected - the healthy share, 0 ≤ expected ≤ 1; at 0 and 1 only 0 or all answers are accepted
 * @param risk - accepted probability of a wrong verdict, each way; the healthy one is split evenly over the
 *   two limits
 * @returns undefined if no limits hold the risks for this n
 */
export function bandFor(n: number, expected: number, risk: number): Band | undefined {
  if (expected <= 0 || expected >= 1) {
    const count = expected <= 0 ? 0 : n;
    const exact = { low: count, high: count, starvedShare: null, excessiveShare: null };
    return { expected, ...exact, healthyRefused: 0, faultyAccepted: 0 };
  }
  const starved = expected * STARVED_PART;
  const othersStarved = (1 - expected) * STARVED_PART;
  const low = lowerLimit(n, expected, starved, risk);
  const fewestOthers = lowerLimit(n, 1 - expected, othersStarved, risk);
  if (low === undefined || fewestOthers === undefined) return undefined;
  const high = n - fewestOthers;
  if (low > high) return undefined;
  return {
    expected,
    low,
    high,
    starvedShare: starved,
    excessiveShare: 1 - othersStarved,
    healthyRefused: atMost(low - 1, n, expected) + atLeast(high + 1, n, expected),
    faultyAccepted: Math.max(atLeast(low, n, starved), atMost(high, n, 1 - othersStarved)),
  };
}

/**
 * Finds the narrowest band that a healthy share leaves at most at the risk, for samples that are too small to
 * tell it from one that has fallen to `STARVED_PART`. What it does tell apart is in `starvedShare` and
 * `excessiveShare`: with the fewest calls that such a band takes, only a share of 0.
 * @param expected - the healthy share, 0 ≤ expected ≤ 1
 * @param risk - accepted probability of refusing a healthy share, split evenly over the two limits
 * @returns undefined if a sample without a single answer of this share would be accepted
 */
export function seenBand(n: number, expected: number, risk: number): Band | undefined {
  if (expected <= 0 || expected >= 1) return bandFor(n, expected, risk);
  const low = mostRefusing(n, expected, risk / 2);
  return low === 0 ? undefined : between(n, expected, risk, [low, highestHealthy(n, expected, risk / 2)]);
}

/**
 * Finds the band of a small share in a large sample: its lower limit is that of `bandFor`, and its upper one
 * lies as far from the expected count. Of one cluster of many, `bandFor` accepts three times its share and
 * more, as the others together hardly notice.
 * @returns undefined if no limits hold the risks for this n
 */
export function evenBand(n: number, expected: number, risk: number): Band | undefined {
  const wide = bandFor(n, expected, risk);
  if (!wide || expected >= 1) return wide;
  const mirrored = Math.floor(2 * n * expected - wide.low + 1e-9);
  const high = Math.min(wide.high, Math.max(mirrored, highestHealthy(n, expected, risk / 2)));
  return between(n, expected, risk, [wide.low, high]);
}

/** Makes a band of its limits: what it tells apart at the risk is computed. */
function between(n: number, expected: number, risk: number, [low, high]: readonly [number, number]): Band {
  const starvedShare = starvedBelow(n, low, risk);
  const othersStarved = starvedBelow(n, n - high, risk);
  return {
    expected,
    low,
    high,
    starvedShare,
    excessiveShare: 1 - othersStarved,
    healthyRefused: atMost(low - 1, n, expected) + atLeast(high + 1, n, expected),
    faultyAccepted: Math.max(atLeast(low, n, starvedShare), atLeast(n - high, n, othersStarved)),
  };
}

/** Returns the lowest limit that a healthy share exceeds at most at the risk. */
const highestHealthy = (n: number, expected: number, risk: number): number =>
  n - mostRefusing(n, 1 - expected, risk);

/** Returns the highest limit k such that fewer than k answers come of a share at most at the risk. */
function mostRefusing(n: number, share: number, risk: number): number {
  let fits = 0;
  let above = Math.ceil(n * share) + 1;
  while (above - fits > 1) {
    const middle = Math.floor((fits + above) / 2);
    if (atMost(middle - 1, n, share) <= risk) fits = middle;
    else above = middle;
  }
  return fits;
}

/** Returns the largest share, to six decimals, that reaches the limit at most at the risk. */
function starvedBelow(n: number, limit: number, risk: number): number {
  let fits = 0;
  let above = 1e6;
  while (above - fits > 1) {
    const middle = Math.floor((fits + above) / 2);
    if (atLeast(limit, n, middle / 1e6) <= risk) fits = middle;
    else above = middle;
  }
  return fits / 1e6;
}
