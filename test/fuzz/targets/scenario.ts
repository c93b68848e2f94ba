/** Scenario files: what is taken can be planned, what is not is told in words. */
import fc, { type Arbitrary } from 'fast-check';
import { placementFaults } from '../../../harness/model/placement.ts';
import { EDITIONS, planTopology } from '../../../harness/plan/plan.ts';
import { printJson } from '../../../harness/plan/print/json.ts';
import { printList } from '../../../harness/plan/print/list.ts';
import { printMarkdown } from '../../../harness/plan/print/markdown.ts';
import { printShell } from '../../../harness/plan/print/shell.ts';
import { parseScenario } from '../../../harness/scenario/load.ts';
import type { Scenario } from '../../../harness/scenario/read-scenario.ts';
import { expectedShares } from '../../../harness/verify/groups.ts';
import { planSample } from '../../../harness/verify/sample-plan.ts';
import { changedDocument, rawText } from '../inputs/mutate.ts';
import { refusalOf, target } from '../target.ts';

const MOST_CLUSTERS = 5;

/** A valid file: primaries and remotes on one to three networks, with or without what may be left out. */
const singleClusters: Arbitrary<unknown> = fc
  .record({
    networks: fc.integer({ min: 1, max: 3 }),
    clusters: fc.array(
      fc.record({ isRemote: fc.boolean(), network: fc.nat(), nodes: fc.integer({ min: 1, max: 3 }) }),
      { minLength: 3, maxLength: MOST_CLUSTERS },
    ),
    more: fc.boolean(),
  })
  .map(({ networks, clusters, more }) => ({
    ...(more && { description: 'a mesh', meshID: 'mesh7', verify: { requests: 500, risk: 0.001 } }),
    networks: Array.from({ length: networks }, (_, index) => ({
      name: `network${index + 1}`,
      ...(more && { range: `172.${16 + index}.0.0/20` }),
    })),
    clusters: clusters.map(({ isRemote, network, nodes }, index) => ({
      name: `cluster${index + 1}`,
      network: `network${1 + (index < networks ? index : network % networks)}`,
      ...(isRemote && index > 0 ? { role: 'remote', controlPlane: 'cluster1' } : { role: 'primary' }),
      ...(more && {
        nodes,
        podRange: `10.${index}.0.0/16`,
        workloads: { helloWorld: [`v${1 + (index % 2)}`] },
      }),
    })),
  }));

/** A valid file of groups: remotes take primaries and networks by turns. */
const groups: Arbitrary<unknown> = fc
  .record({
    networks: fc.integer({ min: 1, max: 3 }),
    primaries: fc.integer({ min: 3, max: MOST_CLUSTERS - 1 }),
    isList: fc.boolean(),
  })
  .map(({ networks, primaries, isList }) => {
    const count = MOST_CLUSTERS - primaries;
    const network = isList
      ? Array.from({ length: networks }, (_, index) => `network${index + 1}`)
      : 'network{n}';
    return {
      networks: { count: networks },
      clusters: [
        { count: primaries, name: 'p{n}', network, role: 'primary' },
        { count, network, role: 'remote', controlPlane: isList ? ['p1', 'p2'] : 'p{n}' },
      ],
    };
  });
const validFile = fc.oneof({ weight: 3, arbitrary: singleClusters }, { weight: 1, arbitrary: groups });

const PRINTERS = [printList, printJson, printShell, printMarkdown];

/** Carries a file as far as it goes before anything starts. */
function use({ topology, verify }: Scenario): void {
  if (placementFaults(topology.clusters).length > 0) throw new Error('a placement that proves nothing');
  if (topology.clusters.length > MOST_CLUSTERS + 1) return; // it takes its time
  // Of the editions one by turns: both would cost twice the time of all the rest.
  const edition = EDITIONS[topology.clusters.length % EDITIONS.length];
  const plan = planTopology(topology, edition?.name ?? '');
  for (const print of PRINTERS) print(plan);
  planSample(verify.requests, {
    expectedShares: expectedShares(topology),
    ...(verify.risk !== undefined && { risk: verify.risk }),
  });
}

/** Scenario files. */
export const scenario = target<string>({
  name: 'scenario',
  what: 'the text of a scenario file, to what reads, plans and prints it',
  inputs: fc.oneof({ weight: 4, arbitrary: changedDocument(validFile) }, { weight: 1, arbitrary: rawText }),
  judge: text => {
    let read: Scenario;
    try {
      read = parseScenario('fuzzed', text, 'fuzzed.yaml');
    } catch (error) {
      return refusalOf(error);
    }
    try {
      use(read);
      return 'taken';
    } catch (error) {
      return `taken, then ${refusalOf(error)}`;
    }
  },
});
