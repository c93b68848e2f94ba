/** The large meshes of scenarios/examples/: what they come to, and in `npm run tables` that they pass. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { planTopology } from '../../harness/plan/plan.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { EDITION_NAMES } from '../plan/scenarios.ts';
import { isNightly } from '../support/nightly.ts';
import { attempt } from '../support/trial.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));
/** Name → remote secrets: each istiod has one for every other cluster. */
const LARGE = { 'fifty-clusters': 50 * 49, 'two-primaries-48-remotes': 2 * 49 } as const;

for (const [name, secrets] of Object.entries(LARGE)) {
  t.test(`${name}: fifty clusters and ${secrets} remote secrets`, async t => {
    const { topology } = await loadScenario(path.join(folder, 'examples', `${name}.yaml`), { folder });
    t.equal(topology.clusters.length, 50);
    for (const edition of EDITION_NAMES) {
      const { steps } = planTopology(topology, edition);
      t.equal(steps.filter(({ id }) => id.startsWith('remote-secret/')).length, secrets, edition);
    }
    if (!isNightly) return;
    const { verdict, reason, checks } = await attempt({ topology, edition: '1.8' });
    t.equal(verdict, 'passed', reason?.message ?? '');
    t.equal(checks.filter(({ traffic }) => traffic?.symptom === 'BOTH').length, 50);
  });
}
