import t from 'tap';
import { HarnessError } from '../../harness/base/errors.ts';
import { bandFor } from '../../harness/verify/band.ts';
import { answersToSee, atLeast, atMost, shareInterval } from '../../harness/verify/binomial.ts';
import { onceIn } from '../../harness/verify/figures.ts';
import { bandsOf, planSample } from '../../harness/verify/sample-plan.ts';
import { MAX_REQUESTS, smallestSample } from '../../harness/verify/sample-size.ts';

const near = (found: number, expected: number) => Math.abs(found - expected) <= Math.abs(expected) * 1e-9;

t.test('binomial tails agree with exact fractions', async t => {
  // Summed with Python's fractions.
  const rows: readonly (readonly [name: string, found: number, exact: number])[] = [
    ['a healthy share below 105 of 300', 2 * atMost(104, 300, 0.5), 1.1962548883983384e-7],
    ['a share of 0.20 at 105 of 300 or above', atLeast(105, 300, 0.2), 1.0283808460207176e-9],
    ['a share of 0.30 at 105 of 300 or above', atLeast(105, 300, 0.3), 0.03521207152751574],
    ['a share of 0.40 at 105 of 300 or above', atLeast(105, 300, 0.4), 0.9669196548827764],
    ['3 of 10 or below', atMost(3, 10, 0.5), 0.171875],
    ['more than 195 of 300', atLeast(196, 300, 0.5), 5.981274441991692e-8],
  ];
  for (const [name, found, exact] of rows) t.ok(near(found, exact), `${name}: ${found}`);
  t.equal(atMost(10, 10, 0.3), 1);
  t.equal(atMost(-1, 10, 0.3), 0);
  t.equal(atMost(0, 5, 0), 1);
  t.equal(atMost(4, 5, 1), 0);
  t.throws(() => atMost(1, 1.5, 0.5), RangeError);
  t.throws(() => atMost(1, 2, 1.5), RangeError);
});

t.test('300 requests give the band and the error rates of the design', async t => {
  const plan = planSample(300, { expectedShares: [[0.5, 0.5]] });
  t.equal(plan.bands.flat().length, 2);
  for (const band of plan.bands.flat()) {
    t.match(band, { low: 105, high: 195, starvedShare: 0.2 });
    t.equal(onceIn(band.healthyRefused), 'once in 8.4 million');
    t.ok(near(band.faultyAccepted, 1.0283808460207176e-9));
  }
  t.ok(near(plan.errorRateMissed, 2.075303347768056e-7));
});

t.test('a number that cannot hold the risks is refused with the smallest that can', async t => {
  // The smallest was found by trying every number with exact fractions.
  t.equal(smallestSample([[0.5, 0.5]], 1e-6), 224);
  t.ok(planSample(224, { expectedShares: [[0.5, 0.5]] }));
  for (const requests of [1, 20, 100, 223]) {
    try {
      planSample(requests, { expectedShares: [[0.5, 0.5]] });
      t.fail(`${requests} should be refused`);
    } catch (error) {
      t.ok(error instanceof HarnessError);
      t.match(error, { code: 'ERR_SAMPLE_SIZE', hint: /smallest number that can is 224/ });
    }
  }
});

t.test('no more are sent than one curl can send', async t => {
  t.ok(planSample(MAX_REQUESTS, { expectedShares: [[0.5, 0.5]] }));
  for (const requests of [MAX_REQUESTS + 1, 99_999_999_999]) {
    t.throws(() => planSample(requests, { expectedShares: [[0.5, 0.5]] }), {
      code: 'ERR_USAGE',
      hint: /The most is 20000/,
    });
  }
});

t.test('a refusal proposes a risk only where one is held', async t => {
  const hintFor = (requests: number, risk: number): string => {
    try {
      planSample(requests, { expectedShares: [[0.5, 0.5]], risk });
    } catch (error) {
      if (error instanceof HarnessError) return error.hint ?? '';
    }
    return 'accepted';
  };
  const proposed = (hint: string) => Number(/--risk (\S+)$/.exec(hint)?.[1]);
  const risk = proposed(hintFor(100, 1e-6));
  t.ok(risk > 1e-6);
  t.equal(hintFor(100, risk), 'accepted');
  t.notMatch(hintFor(1, 0.3), /--risk/, 'one request tells nothing at any risk');
});

t.test('a smaller number is accepted with a higher risk', async t => {
  const plan = planSample(100, { expectedShares: [[0.5, 0.5]], risk: 1e-3 });
  for (const { healthyRefused, faultyAccepted, low, high } of plan.bands.flat()) {
    t.ok(healthyRefused <= 1e-3);
    t.ok(faultyAccepted <= 1e-3);
    t.equal(low + high, 100);
  }
});

t.test('every band holds its risks, for any share and number that it is given for', async t => {
  for (const expected of [0.05, 0.25, 1 / 3, 0.5, 2 / 3, 0.9]) {
    const smallest = smallestSample([[expected]], 1e-4);
    if (smallest === undefined) {
      t.fail(`no number for ${expected}`);
      continue;
    }
    t.equal(bandFor(smallest - 1, expected, 1e-4), undefined, `${smallest} is the smallest for ${expected}`);
    for (const n of [smallest, smallest + 50, smallest * 2]) {
      const band = bandFor(n, expected, 1e-4);
      t.ok(band, `${n} requests for a share of ${expected}`);
      if (!band) continue;
      const { low, high, starvedShare, excessiveShare } = band;
      t.ok(low < n * expected && n * expected < high);
      t.ok(atMost(low - 1, n, expected) + atLeast(high + 1, n, expected) <= 1e-4);
      t.ok(atLeast(low, n, starvedShare ?? 0) <= 1e-4);
      t.ok(atMost(high, n, excessiveShare ?? 1) <= 1e-4);
    }
  }
});

t.test('without a number, a topology gets 300 requests, or as many as its shares need', async t => {
  t.equal(planSample(undefined, { expectedShares: [[0.5, 0.5]] }).requests, 300);
  const three = planSample(undefined, { expectedShares: [[1 / 3, 1 / 3, 1 / 3]] });
  t.ok(three.requests > 300);
  // Each of the three can be broken by itself: together they stay within the risk.
  t.ok(three.bands.flat().reduce((sum, { healthyRefused }) => sum + healthyRefused, 0) <= 1e-6);
});

t.test('where everything or nothing is expected, everything or nothing is accepted', async t => {
  t.match(bandFor(300, 1, 1e-6), { low: 300, high: 300 });
  t.match(bandFor(300, 0, 1e-6), { low: 0, high: 0 });
  t.equal(planSample(5, { expectedShares: [[1]] }).requests, 5);
});

t.test('numbers that are none are refused as wrong usage', async t => {
  t.throws(() => planSample(0, { expectedShares: [[0.5, 0.5]] }), { code: 'ERR_USAGE' });
  t.throws(() => planSample(300.5, { expectedShares: [[0.5, 0.5]] }), { code: 'ERR_USAGE' });
  t.throws(() => planSample(300, { expectedShares: [[0.5, 0.5]], risk: 0 }), { code: 'ERR_USAGE' });
  t.throws(() => planSample(300, { expectedShares: [[0.5, 0.5]], risk: 1 }), { code: 'ERR_USAGE' });
});

t.test('the interval of a share is that of Clopper and Pearson', async t => {
  // 0 of n: the upper bound is 1 - 0.025^(1/n).
  const [none, upper] = shareInterval(0, 10);
  t.equal(none, 0);
  t.ok(Math.abs(upper - (1 - 0.025 ** 0.1)) < 1e-8);
  const [lower, all] = shareInterval(10, 10);
  t.equal(all, 1);
  t.ok(Math.abs(lower - 0.025 ** 0.1) < 1e-8);
  const [low, high] = shareInterval(148, 300);
  t.ok(Math.abs(atLeast(148, 300, low) - 0.025) < 1e-7);
  t.ok(Math.abs(atMost(148, 300, high) - 0.025) < 1e-7);
  t.same(shareInterval(0, 0), [0, 1]);
});

t.test('how many answers it takes to see a share', async t => {
  t.equal(answersToSee(0.5, 1e-6), 20);
  t.equal(answersToSee(0.5, 1e-3), 10);
  t.equal(answersToSee(1, 1e-3), 1);
  t.throws(() => answersToSee(0, 0.1), RangeError);
  t.throws(() => answersToSee(0.5, 1), RangeError);
});

t.test('a source finds its bands in the plan, in the order of its own shares', async t => {
  const plan = planSample(undefined, {
    expectedShares: [
      [0.25, 0.75],
      [0.5, 0.5],
    ],
  });
  t.same(
    bandsOf(plan, [0.75, 0.25]).map(({ expected }) => expected),
    [0.75, 0.25],
  );
  t.same(bandsOf(plan, [0.5, 0.5]), plan.bands[1]);
  t.throws(() => bandsOf(plan, [0.2, 0.8]), RangeError, 'it was not planned for');
});
