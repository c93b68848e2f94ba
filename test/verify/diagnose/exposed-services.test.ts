/** Who exposes services on the gateway of a remote: its primary, whose step is the one that mends it. */
import t from 'tap';
import type { Chain } from '../../../harness/verify/diagnose/links/chain.ts';
import { exposedServices } from '../../../harness/verify/diagnose/links/exposed-services.ts';
import { StepIndex } from '../../../harness/verify/diagnose/steps.ts';
import { FOUR, planOf, topologyOf } from '../../plan/scenarios.ts';

const items = (...names: readonly string[]) => ({
  items: names.map(name => ({ metadata: { name, labels: { app: name } } })),
});
/** What an API server lists where east-west gateways run, and nothing exposes services on them. */
const OBJECTS = {
  gateways: items(),
  istioServices: items('istio-eastwestgateway'),
  istioPods: items('istio-eastwestgateway'),
};

for (const scenario of FOUR.filter(name => name.endsWith('-multi-network'))) {
  t.test(`${scenario}: the step of the cluster whose istiod configures the gateway, alone`, async t => {
    const topology = await topologyOf(scenario);
    const chain = {
      topology,
      clusters: new Map(topology.clusters.map(spec => [spec.name, { spec, objects: OBJECTS }])),
      installed: new Map(topology.clusters.map(({ name }) => [name, {}])),
      steps: new StepIndex(await planOf(scenario, '1.8')),
    } as unknown as Chain; // of which that is here which the link looks at
    const steps = exposedServices
      .look(chain)
      .map(({ cluster, outcome, cause }) => [cluster, outcome, cause?.steps]);
    const own = scenario.startsWith('primary-remote') ? 'cluster1' : 'cluster2';
    t.same(steps, [
      ['cluster1', 'broken', ['cluster1/expose-services']],
      ['cluster2', 'broken', [`${own}/expose-services`]],
    ]);
  });
}
