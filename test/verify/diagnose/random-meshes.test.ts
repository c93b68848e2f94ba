/**
 * Meshes of 3 to 6 clusters by seed, each without one of its steps: the run is refused, and the step is among
 * the first three that the diagnosis names, nine times out of ten at least. Only in `npm run tables`.
 */
import t from 'tap';
import { createRandom } from '../../../harness/base/random.ts';
import { planTopology } from '../../../harness/plan/plan.ts';
import { SimulatorPlatform } from '../../../harness/platform/simulator/simulator-platform.ts';
import { prepareSession } from '../../../harness/session/prepare.ts';
import { expectedShares } from '../../../harness/verify/groups.ts';
import { smallestSample } from '../../../harness/verify/sample-size.ts';
import { isNightly } from '../../support/nightly.ts';
import { meshInWords, randomMesh } from '../../support/random-mesh.ts';

t.setTimeout(3_600_000);

/** The seeds: all, or those that are asked for, as `MESHES=29-29`. */
const [FIRST = 1, LAST = 64] = (process.env['MESHES'] ?? '').split('-').filter(Boolean).map(Number);
/** Of a wrong verdict: a small sample. */
const RISK = 1e-3;

/** A mesh without a step. */
async function without(seed: string) {
  const random = createRandom(seed);
  const topology = randomMesh(random);
  const plan = planTopology(topology, random.pick(['1.8', 'current']));
  const { id } = random.pick(plan.steps.filter(({ omission }) => !omission.harmless));
  const requests = smallestSample(expectedShares(topology), RISK);
  const session = await prepareSession({
    topology,
    plan,
    platform: new SimulatorPlatform({ seed }),
    omit: [id],
    risk: RISK,
    ...(requests !== undefined && { requests }),
  });
  const { verdict, reason } = await session.start();
  const steps = reason?.diagnosis?.steps ?? [];
  return { topology, edition: plan.edition, id, verdict, rank: steps.indexOf(id) + 1, reason, steps };
}

t.test('a step is left out of meshes by seed', { skip: !isNightly && 'only in npm run tables' }, async t => {
  const trials = [];
  for (let seed = FIRST; seed <= LAST; seed += 1) {
    const trial = await without(`mesh ${seed}`);
    const { topology, edition, id, rank, verdict, steps, reason } = trial;
    trials.push(trial);
    t.comment(`${seed}: ${edition}, ${meshInWords(topology)} without ${id}: ${verdict}, rank ${rank}`);
    if (rank === 0 || rank > 3)
      t.comment(
        `  ${steps.slice(0, 4).join(', ')}: ${reason?.message.slice(0, 500)} / ${reason?.diagnosis?.sentence}`,
      );
  }
  t.same(
    trials.filter(({ verdict }) => verdict !== 'failed').map(({ id }) => id),
    [],
    'every run is refused',
  );
  const first = trials.filter(({ rank }) => rank === 1).length;
  const named = trials.filter(({ rank }) => rank >= 1 && rank <= 3).length;
  t.comment(`${first} of ${trials.length} first, ${named} among the first three`);
  t.ok(named >= trials.length * 0.9);
});
