/** A short seeded part of what `npm run fuzz` does at length. */
import t from 'tap';
import { fuzz } from './drive.ts';
import { TARGETS } from './targets.ts';

const RUNS = 300;
const SEED = 17;

for (const target of TARGETS) {
  t.test(`${target.name}: ${target.what}`, async t => {
    const { outcomes, failure } = await fuzz(target, { runs: target.daily ?? RUNS, seed: SEED });
    t.equal(failure, undefined);
    t.comment([...outcomes].map(([outcome, count]) => `${outcome}: ${count}`).join(', '));
  });
}
