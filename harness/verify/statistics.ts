/**
 * The mathematics of a sample: exact binomial tails, the band that a healthy share falls into, and how many
 * requests that takes. Pure.
 *
 * The model: each answer comes from a given cluster, or group of clusters (`groups.ts`), with probability p,
 * independent of the others.
 * Istio's round robin spreads less than that (each worker alternates), so that a healthy mesh is refused even
 * more rarely than stated.
 */
import { HarnessError } from '../base/errors.ts';

/** Accepted probability of a wrong verdict, each way, unless the user asks for another. */
export const DEFAULT_RISK = 1e-6;
/** Size of a sample unless the user asks for another, or the topology needs more. */
export const DEFAULT_REQUESTS = 300;
/** The error rate whose probability of being missed is printed with each sample. */
export const ERROR_RATE_TOLD = 0.05;
/**
 * A share counts as starved if it has fallen to this part of what is expected: 0.20 where 0.50 is. The mirror
 * image holds upwards: the others together have fallen to this part of theirs.
 */
export const STARVED_PART = 0.4;
/**
 * More requests than this are neither proposed nor sent: one curl asks for all of them, and has ten minutes.
 */
export const MAX_REQUESTS = 20_000;

const logFactorials: number[] = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++)
    logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

/** P(X = k) for X ~ Binomial(n, p). */
export function binomialProbability(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  const log =
    logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
  return Math.exp(log);
}

/**
 * P(X ≤ k) for X ~ Binomial(n, p), summed exactly, the smallest terms first.
 * @throws RangeError if n is not a whole number ≥ 0, or p is no probability
 */
export function atMost(k: number, n: number, p: number): number {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`n must be a whole number, 0 or more: ${n}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must lie between 0 and 1: ${p}`);
  if (k >= n) return 1;
  // Above the mean the complement is the shorter and the more exact sum only when it is small; a plain sum is
  // exact enough there.
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += binomialProbability(i, n, p);
  return Math.min(1, sum);
}

/** P(X ≥ k) for X ~ Binomial(n, p); as exact in the far tail as `atMost` is in the near one. */
export function atLeast(k: number, n: number, p: number): number {
  return atMost(n - k, n, 1 - p);
}

/** What one cluster's share of the answers must be, as counts out of `requests`. */
export interface Band {
  readonly expected: number;
  /** Fewest and most answers that are accepted. */
  readonly low: number;
  readonly high: number;
  /**
   * The shares that it is told apart from; null where there is none (nothing, or everything, is expected).
   */
  readonly starvedShare: number | null;
  readonly excessiveShare: number | null;
  /** Probability that a healthy mesh falls outside. */
  readonly healthyRefused: number;
  /** The larger of the probabilities that the starved and the excessive share fall inside. */
  readonly faultyAccepted: number;
}

/**
 * Limits of one side: the largest count k such that refusing everything below k is right for both hypotheses,
 * nearest to the middle.
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
 * The band of accepted counts for a share.
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

/** The shares that a sample is expected to split into, seen from one source; they add up to 1. */
export type Split = readonly number[];

/** A sample's size and what is accepted of it. */
export interface SamplePlan {
  readonly requests: number;
  /** Accepted probability of a wrong verdict, each way. */
  readonly risk: number;
  /** For each source one for each expected share, in the orders given. */
  readonly bands: readonly (readonly Band[])[];
  /** Probability that an error rate of 5 % shows not a single error. */
  readonly errorRateMissed: number;
}

/**
 * The healthy risk is shared among the bands that can be broken separately: of two that add up to 1, one
 * follows from the other.
 */
function riskPerBand(shares: Split, risk: number): number {
  const open = shares.filter(share => share > 0 && share < 1).length;
  return open <= 2 ? risk : risk / open;
}

function bandsFor(requests: number, shares: Split, risk: number): readonly Band[] | undefined {
  const each = riskPerBand(shares, risk);
  const known = new Map<number, Band>();
  for (const share of shares) {
    if (known.has(share)) continue;
    const band = bandFor(requests, share, each);
    if (!band) return undefined;
    known.set(share, band);
  }
  return shares.map(share => known.get(share)).filter(band => band !== undefined);
}

/** The bands of every source's sample; each source is a sample of its own, and so is its risk. */
function bandsOfAll(
  requests: number,
  splits: readonly Split[],
  risk: number,
): SamplePlan['bands'] | undefined {
  const bands: (readonly Band[])[] = [];
  for (const shares of splits) {
    const ofSource = bandsFor(requests, shares, risk);
    if (!ofSource) return undefined;
    bands.push(ofSource);
  }
  return bands;
}

/**
 * The smallest number of requests, at least `from`, whose bands hold the risks for every source.
 *
 * Whether a number holds them is monotone but for the rounding of the limits, which plays out within a few
 * requests: so the edge is found by halving, and the last stretch before it is tried one by one.
 * @returns undefined if that takes more than 20 000
 */
export function smallestSample(splits: readonly Split[], risk: number, from = 1): number | undefined {
  const holds = (n: number) => bandsOfAll(n, splits, risk) !== undefined;
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

export interface SampleOptions {
  /** For each source, the shares of the answers that are expected of those who are judged by themselves. */
  readonly expectedShares: readonly Split[];
  /** 0 < risk < 1; `DEFAULT_RISK` by default. */
  readonly risk?: number;
}

/**
 * What a sample of this size can tell. Called before anything starts.
 * @param requests - as the user asked; undefined for 300, or more if the topology needs them
 * @throws HarnessError ERR_SAMPLE_SIZE with the smallest number that can hold the risks; ERR_USAGE if a
 *   number is out of range
 */
export function planSample(requests: number | undefined, options: SampleOptions): SamplePlan {
  const { expectedShares, risk = DEFAULT_RISK } = options;
  if (!(risk > 0 && risk < 1)) {
    throw new HarnessError('ERR_USAGE', `The risk must lie between 0 and 1, not ${risk}.`, {
      hint: `It is the accepted probability of a wrong verdict, each way; ${DEFAULT_RISK} by default.`,
    });
  }
  if (requests !== undefined && (!Number.isInteger(requests) || requests < 1)) {
    throw new HarnessError(
      'ERR_USAGE',
      `The number of requests must be a whole number, 1 or more, not ${requests}.`,
    );
  }
  if (requests !== undefined && requests > MAX_REQUESTS) {
    throw new HarnessError('ERR_USAGE', `${requests} requests from each cluster are too many.`, {
      hint: `The most is ${MAX_REQUESTS}; ${DEFAULT_REQUESTS} are the default, and tell a healthy mesh of two clusters from a poor one.`,
    });
  }
  const size = requests ?? smallestSample(expectedShares, risk, DEFAULT_REQUESTS) ?? MAX_REQUESTS;
  const bands = bandsOfAll(size, expectedShares, risk);
  if (bands) return { requests: size, risk, bands, errorRateMissed: (1 - ERROR_RATE_TOLD) ** size };
  const smallest = smallestSample(expectedShares, risk, size);
  const shares = [...new Set(expectedShares.flat().map(share => round(share, 3)))].join(', ');
  throw new HarnessError(
    'ERR_SAMPLE_SIZE',
    `${size} requests cannot tell a healthy share (${shares}) from one that has fallen to ${STARVED_PART * 100} % of it with a risk of ${risk} each way.`,
    { hint: [numberThatCan(smallest), riskThatHolds(size, expectedShares, risk)].filter(Boolean).join(' ') },
  );
}

/**
 * Returns the bands that a plan has for one source.
 * @param shares - one of the splits that were planned for, in any order
 * @returns one band for each share, in their order
 * @throws RangeError if it was not planned for
 */
export function bandsOf(plan: SamplePlan, shares: Split): readonly Band[] {
  const sorted = (numbers: Split) => [...numbers].sort((one, other) => one - other).join();
  const planned = plan.bands.find(bands => sorted(bands.map(({ expected }) => expected)) === sorted(shares));
  return shares.map(share => {
    const band = planned?.find(({ expected }) => expected === share);
    if (!band) throw new RangeError(`No sample was planned for the shares ${shares.join(', ')}.`);
    return band;
  });
}

const numberThatCan = (smallest: number | undefined): string =>
  smallest === undefined
    ? `No number up to ${MAX_REQUESTS} can.`
    : `The smallest number that can is ${smallest}: --requests ${smallest}.`;

/** Worth proposing: from nearly none to a coin's. */
const RISKS = [1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4] as const;

/** The lowest of them that this many requests hold, if there is one. */
function riskThatHolds(requests: number, splits: readonly Split[], refused: number): string | undefined {
  const risk = RISKS.find(each => each > refused && bandsOfAll(requests, splits, each) !== undefined);
  return risk === undefined ? undefined : `Or accept a higher risk: --risk ${risk}`;
}

/**
 * The exact (Clopper-Pearson) confidence interval of a share: it covers the true one with at least
 * `confidence`.
 * @returns lower and upper bound, 0 to 1
 */
export function shareInterval(count: number, n: number, confidence = 0.95): readonly [number, number] {
  if (n === 0) return [0, 1];
  const tail = (1 - confidence) / 2;
  // Of the two sides the one with fewer terms; a tail of this size is exact enough as a complement.
  const isFew = count <= n / 2;
  const thisOrMore = (p: number) => (isFew ? 1 - atMost(count - 1, n, p) : atLeast(count, n, p));
  const thisOrFewer = (p: number) => (isFew ? atMost(count, n, p) : 1 - atLeast(count + 1, n, p));
  const lower = count === 0 ? 0 : solve(p => thisOrMore(p) - tail);
  const upper = count === n ? 1 : solve(p => tail - thisOrFewer(p));
  return [lower, upper];
}

/** The zero of a function that grows on [0, 1], by bisection to 1e-9. */
function solve(growing: (p: number) => number): number {
  let low = 0;
  let high = 1;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (growing(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * How many answers are needed to see a share at all.
 * @param share - 0 < share ≤ 1
 * @param risk - accepted probability of not seeing it, 0 < risk < 1
 * @returns the smallest n with (1 - share)^n ≤ risk; 20 for share 0.5 and risk 1e-6
 * @throws RangeError if share or risk is out of range
 */
export function answersToSee(share: number, risk: number): number {
  if (!(share > 0 && share <= 1)) throw new RangeError(`share must be more than 0 and at most 1: ${share}`);
  if (!(risk > 0 && risk < 1)) throw new RangeError(`risk must lie between 0 and 1: ${risk}`);
  if (share === 1) return 1;
  let n = Math.max(1, Math.ceil(Math.log(risk) / Math.log1p(-share)) - 1);
  while ((1 - share) ** n > risk) n += 1;
  return n;
}

/** Rounds to decimals, so that reports don't hang on the last bit of a logarithm. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** `once in 8.2 million`: a probability for people. */
export function onceIn(probability: number): string {
  if (probability <= 0) return 'never';
  const times = 1 / probability;
  const [unit, name] =
    times >= 1e12 ? [1, ''] : times >= 1e9 ? [1e9, ' billion'] : times >= 1e6 ? [1e6, ' million'] : [1, ''];
  if (times >= 1e12) return 'less than once in a million million';
  return `once in ${Number((times / unit).toPrecision(2))}${name}`;
}
