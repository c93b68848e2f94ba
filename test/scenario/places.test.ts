/**
 * Meshes whose nodes have regions and zones. Without a rule nobody is preferred; where pods behind the same
 * gateways are in several places, a proxy takes each gateway for the first of them only, and the report
 * expects no more.
 */
import t from 'tap';
import { parseScenario } from '../../harness/scenario/load.ts';
import { isNightly } from '../support/nightly.ts';
import { attempt } from '../support/trial.ts';

const head = 'meshID: mesh1\nnetworks: [{name: network1}, {name: network2}]\nclusters:\n';
const ONE_NETWORK = `networks: [{name: network1}]
clusters:
  - {name: cluster1, network: network1, role: primary, region: eu-west, nodes: 2, zone: [a, b]}
  - {name: cluster2, network: network1, role: primary, region: us-east}`;
const TWO_REGIONS = `${head}
  - {name: cluster1, network: network1, role: primary, region: eu-west}
  - {name: cluster2, network: network2, role: primary, region: us-east}
  - {name: cluster3, network: network1, role: remote, controlPlane: cluster1, region: eu-north}`;
/** @param zone - of the node of cluster3 */
const byTurns = (zone: string): string => `${head}
  - {name: cluster1, network: network1, role: primary, nodes: 2, zone: [a, b]}
  - {name: cluster2, network: network2, role: primary, zone: c}
  - {name: cluster3, network: network1, role: primary, zone: ${zone}}`;

/** By day what differs from a mesh without places. */
const isOfTheDay = ([, , , counted, pods]: (typeof ROWS)[number]) => counted !== pods;

/** Name, scenario, edition, how many pods the gateways of network1 stand for to cluster2; of all. */
const ROWS: readonly [string, string, string, ...counted: readonly number[]][] = [
  ['one network', ONE_NETWORK, 'current'],
  ['one network', ONE_NETWORK, '1.8'],
  ['two regions behind gateways that each stand for their own cluster', TWO_REGIONS, 'current', 2, 2],
  ['two regions behind gateways that all stand for both', TWO_REGIONS, '1.8', 1, 2],
  ['zones by turns', byTurns('b'), 'current', 2, 2],
  ['zones by turns, and all pods in one', byTurns('b'), '1.8', 2, 2],
  ['zones by turns, and pods in two', byTurns('a'), '1.8', 1, 2],
];

for (const [what, scenario, edition, counted, pods] of isNightly ? ROWS : ROWS.filter(isOfTheDay)) {
  await t.test(`${what}, ${edition}`, async t => {
    const { topology } = parseScenario('places', scenario, 'places');
    const { verdict, reason, symptoms, checks } = await attempt({ topology, edition });
    t.equal(verdict, 'passed', reason?.message ?? '');
    t.match(symptoms, /^BOTH( BOTH)+$/);
    if (counted === undefined || pods === undefined) return;
    const from = checks.find(({ id }) => id === 'cluster2-reaches-every-version');
    const share = from?.traffic?.sample?.shares.find(({ cluster }) => cluster.startsWith('cluster1'));
    t.equal(share?.expected, Number((counted / (counted + 1)).toFixed(4)));
    t.match(from?.sentence ?? '', /by the weights of their pods and gateways/);
    if (share?.together && counted < pods) t.match(share.together.because, `stand for 1 of the 2 pods`);
  });
}
