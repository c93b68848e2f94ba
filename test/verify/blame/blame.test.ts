/**
 * Whose fault a failure is: one of the environment never ends `failed`, one of the mesh never `unknown`. Those
 * of what clusters hold happen to one mesh, one after the other, and each is mended before the next.
 */
import t from 'tap';
import { planTopology } from '../../../harness/plan/plan.ts';
import { installedMesh } from '../../support/installed-mesh.ts';
import { isNightly } from '../../support/nightly.ts';
import { twoClusters } from '../../support/topologies.ts';
import { ENVIRONMENT } from './environment.ts';
import { type Fault, verdictOn, verification } from './fault.ts';
import { MESH } from './mesh.ts';
import { STEPS, verdictOnStep } from './steps.ts';

t.setTimeout(900_000);

const EDITION = '1.8';
const isAsked = ({ daily }: Fault) => isNightly || daily === true;
const ROWS = [
  ...ENVIRONMENT.filter(isAsked).map(fault => ({ fault, verdict: 'unknown' })),
  ...MESH.filter(isAsked).map(fault => ({ fault, verdict: 'failed' })),
];

for (const { what, verdict, because, action } of STEPS) {
  t.test(`${verdict}: ${what}`, async t => {
    const outcome = await verdictOnStep(action);
    t.equal(outcome.verdict, verdict);
    t.match(outcome.reason?.message, because);
  });
}

t.test('faults of what clusters hold, and of the ways to them', async t => {
  const topology = twoClusters(['network1', 'network2']);
  const prepare = () => verification({ topology, plan: planTopology(topology, EDITION) });
  // A mesh that was mended badly would give the next fault its verdict.
  const looksAfter = (index: number) => isNightly || index === ROWS.length - 1;
  const rows = await Promise.all(
    ROWS.map(async (row, index) => ({
      ...row,
      session: await prepare(),
      ...(looksAfter(index) && { after: await prepare() }),
    })),
  );
  await using mesh = await installedMesh(topology, EDITION);
  for (const { fault, verdict, session, after } of rows) {
    await t.test(`${verdict}: ${fault.what}`, async t => {
      const outcome = await verdictOn(mesh, fault, session);
      t.equal(outcome.verdict, verdict, outcome.reason?.message ?? 'no reason');
      t.equal(outcome.reason?.kind, verdict === 'failed' ? 'mesh' : 'environment');
      if (fault.because) t.match(outcome.reason?.message, fault.because);
      if (!after) return;
      const mended = await after.start(mesh.started);
      t.equal(mended.verdict, 'passed', `mended: ${mended.reason?.message ?? 'all is well'}`);
    });
  }
});

t.test('there are twenty of each at least', async t => {
  t.ok(ENVIRONMENT.length >= 20);
  t.ok(MESH.length >= 20);
});
