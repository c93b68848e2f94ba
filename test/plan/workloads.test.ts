import t from 'tap';
import { clusterName } from '../../harness/model/names.ts';
import { workloadSteps } from '../../harness/plan/workloads.ts';
import { EDITION_NAMES, FOUR, planOf } from './scenarios.ts';

t.test('the steps of the workloads are a plan of their own', async t => {
  for (const edition of EDITION_NAMES) {
    for (const scenario of FOUR) {
      const plan = await planOf(scenario, edition);
      const { steps, errata } = workloadSteps(plan, [clusterName('cluster2')]);
      t.same(
        steps.map(({ id }) => id.replace(/-(sleep|curl)$/, '-CLIENT')),
        [
          'cluster1/create-sample-namespace',
          'cluster1/enable-injection',
          'cluster2/enable-injection',
          'cluster1/create-helloworld-service',
          'cluster2/create-helloworld-service',
          'cluster1/deploy-helloworld-v1',
          'cluster1/wait-for-helloworld-v1',
          'cluster2/deploy-helloworld-v2',
          'cluster2/wait-for-helloworld-v2',
          'cluster1/deploy-CLIENT',
          'cluster2/deploy-CLIENT',
        ],
        `${scenario}, ${edition}`,
      );
      const ids = steps.map(({ id }) => id);
      t.ok(
        steps.every(({ dependsOn }) => dependsOn.every(id => ids.includes(id))),
        'nothing else is waited for',
      );
      t.ok(
        errata.every(({ id }) => steps.some(step => step.errata.includes(id))),
        'only their errata',
      );
    }
  }
});
