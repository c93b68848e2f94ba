/** Exact binomial tails, and what follows for a share: its interval, and the answers it takes to see it. */

/** ln(n!) of each n that was asked for, and of those below it. */
const logFactorials: number[] = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++)
    logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

/** Returns P(X = k) for X ~ Binomial(n, p). */
function binomialProbability(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  const log =
    logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
  return Math.exp(log);
}

/**
 * Returns P(X ≤ k) for X ~ Binomial(n, p). It adds up the terms from the largest to those that change nothing
 * any more, each made of its neighbour.
 * @throws RangeError if n is not a whole number ≥ 0, or p is no probability
 */
export function atMost(k: number, n: number, p: number): number {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`n must be a whole number, 0 or more: ${n}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must lie between 0 and 1: ${p}`);
  if (k >= n) return 1;
  if (k < 0) return 0;
  const largest = Math.min(k, Math.floor((n + 1) * p));
  const first = binomialProbability(largest, n, p);
  let sum = first;
  const odds = p / (1 - p);
  for (let i = largest, term = first; i > 0 && term > sum * NEGLIGIBLE; i--)
    sum += term *= i / (n - i + 1) / odds;
  for (let i = largest, term = first; i < k && term > sum * NEGLIGIBLE; i++)
    sum += term *= ((n - i) / (i + 1)) * odds;
  return Math.min(1, sum);
}

/** A term of which even 1e6 would change no digit of the sum. */
const NEGLIGIBLE = 1e-23;

/** Returns P(X ≥ k) for X ~ Binomial(n, p), as exact in the far tail as `atMost` in the near one. */
export function atLeast(k: number, n: number, p: number): number {
  return atMost(n - k, n, 1 - p);
}

/**
 * Returns the exact (Clopper-Pearson) confidence interval of a share. It covers the true share with at least
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

/** Finds the zero of a function that grows on [0, 1], by bisection to 1e-9. */
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
 * Returns how many answers are needed to see a share at all.
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
