/** In a large mesh: every cluster answers the clients, all together, as often as its pods should. */
import type { ClusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome, Diagnosis } from '../check.ts';
import { diagnose } from '../diagnose/catalog.ts';
import { gatherFacts } from '../diagnose/gather-facts.ts';
import type { StepIndex } from '../diagnose/steps.ts';
import { tryGather } from '../diagnose/try-gather.ts';
import { groupsFrom } from '../groups.ts';
import { type Together, togetherIn } from '../together.ts';
import { askFrom } from './ask-from.ts';
import { type AddedUp, addUp, describeAddedUp } from './samples-together.ts';

/**
 * Makes the check that adds up what each source's check has shown by itself. A source that no check has asked
 * from yet is asked here; a sample that could not be taken is not taken again.
 */
function evenOverAll(topology: Topology, together: Together, steps: StepIndex): Check {
  return {
    id: ID,
    sentence: 'Over the calls of all clients together, HelloWorld of every cluster answers evenly.',
    level: 'core',
    run: async (context): Promise<CheckOutcome> => {
      const asked = await askTheOthers(context, topology);
      const added = addUp(together, context);
      const { evidence, without, wrong } = added;
      if (wrong.length === 0 && without.length === 0)
        return { outcome: 'passed', found: describeAddedUp(added), evidence };
      if (wrong.length === 0) {
        const found = `No sample could be taken from ${without.join(', ')}: the claim stays open.`;
        // Who was asked before has a check that says what is wrong.
        return without.some(name => asked.includes(name))
          ? { outcome: 'failed', found, evidence, unproved: true }
          : { outcome: 'unknown', found, evidence };
      }
      const diagnosis = await explain(context, steps, added);
      return {
        outcome: 'failed',
        found: `Calls of ${added.clients} clients together: ${added.wrong.join('; ')}`,
        evidence,
        ...(diagnosis && { diagnosis }),
      };
    },
  };
}

/** Takes the samples of the sources that no check has asked from. @returns those sources */
async function askTheOthers(context: CheckContext, topology: Topology): Promise<readonly ClusterName[]> {
  const open = topology.clusters.filter(
    ({ name, client }) => client && context.samples.of(name) === undefined,
  );
  await Promise.all(
    open.map(async source => {
      const client = context.clusters.get(source.name)?.client;
      if (client) await askFrom(context, client, { source, groups: groupsFrom(topology, source) });
    }),
  );
  return open.map(({ name }) => name);
}

/** Says what uneven shares point to, seen from a client that the fewest answers came to. */
async function explain(
  context: CheckContext,
  steps: StepIndex,
  { suspects, seenFrom }: AddedUp,
): Promise<Diagnosis | undefined> {
  const gathered = await tryGather(() => gatherFacts(context), context.signal);
  if ('reason' in gathered) return undefined;
  const from = gathered.clusters.get(seenFrom);
  if (!from) return undefined;
  const unasked = { clientPod: undefined, endpoints: undefined };
  return diagnose({ ...gathered, ...unasked, from, symptom: 'SKEWED', missing: suspects }, steps);
}

const ID = 'even-over-all-clients';

/** The claim "evenly" of "Verifying Cross-Cluster Traffic", in a mesh in which one client cannot show it. */
export const evenOverAllClients: CheckFamily = {
  id: ID,
  claim: 'Over the calls of all clients together, HelloWorld of every cluster answers evenly.',
  level: 'core',
  guide: 'Verifying Cross-Cluster Traffic',
  appliesTo: 'a mesh in which a client has a share under a sixth to expect: from seven clusters on',
  evidence: 'the samples of all clients, added up for each cluster, or network behind gateways',
  checksOf: (topology, steps) => {
    const together = togetherIn(topology);
    return together ? [evenOverAll(topology, together, steps)] : [];
  },
};
