/**
 * The meshes of scenarios/examples/ run, in both editions; where two clusters share a network, a step left
 * out is still seen.
 */
import t from 'tap';
import { EDITION_NAMES, EXAMPLES, topologyOf } from '../plan/scenarios.ts';
import { attempt } from '../support/trial.ts';

for (const scenario of EXAMPLES) {
  for (const edition of EDITION_NAMES) {
    await t.test(`${scenario}, ${edition}`, async t => {
      const { verdict, reason, symptoms } = await attempt({
        topology: await topologyOf(scenario),
        edition,
        extended: edition === '1.8',
      });
      t.equal(verdict, 'passed', reason?.message ?? '');
      t.equal(symptoms, 'BOTH BOTH BOTH');
    });
  }
}

t.test('of two clusters behind the same gateways, one that is not known is missed', async t => {
  const step = 'remote-secret/cluster3-in-cluster2';
  const topology = await topologyOf('two-primaries-one-remote');
  const { verdict, symptoms, checks } = await attempt({ topology, edition: '1.8', omit: [step] });
  t.equal(verdict, 'failed');
  t.equal(symptoms, 'BOTH R BOTH');
  const check = checks.find(({ traffic }) => traffic?.symptom === 'R');
  t.match(check, {
    cluster: 'cluster2',
    found: /the gateways of network1 the weight of 1 of the 2 pods behind them \(in cluster1 and cluster3\)$/,
    diagnosis: { sentence: /no remote secret for cluster3/, steps: [step] },
  });
});
