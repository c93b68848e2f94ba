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
