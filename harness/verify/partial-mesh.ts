/** What clients are answered while some of HelloWorld is away, or some clusters are not joined. */
import type { ClusterName } from '../model/names.ts';
import type { ClusterSpec, Topology } from '../model/topology.ts';
import { callFrom, isTrouble } from './calling.ts';
import type { CheckContext, Diagnosis, Evidence } from './check.ts';
import { GOOD_BATCHES } from './convergence.ts';
import { batchSizeFor, groupsFrom, silentGroups } from './groups.ts';
import { PodDirectory } from './pod-directory.ts';
import type { Answer } from './sampling.ts';
import { pushMs, settle } from './settle.ts';
import { describeTally, type Locate, tally } from './tally.ts';
import type { Tally } from './traffic.ts';

/** Calls after the batches that show a mesh to have settled; every one has to be answered. */
const SAMPLE = 60;

/** Returns the topology with the HelloWorld that is kept. */
export const withHelloWorld = (
  topology: Topology,
  keep: (cluster: ClusterSpec, version: string) => boolean,
): Topology => ({
  ...topology,
  clusters: topology.clusters.map(cluster => ({
    ...cluster,
    helloWorld: cluster.helloWorld.filter(version => keep(cluster, version)),
  })),
});

/** What a client is answered. */
interface Answered {
  readonly from: ClusterName;
  /** All as it should be: nobody silent, nobody else, no error. */
  readonly isRight: boolean;
  /** `60 calls: 60 from cluster1 (v1)`, or why nothing could be asked. */
  readonly found: string;
}

/** How much to ask. */
interface Asking {
  /** Milliseconds until the wait is given up; the context's by default. */
  readonly timeoutMs?: number;
  /** Calls after the wait, none of which may fail; none by default. */
  readonly sample?: number;
}

/**
 * Waits until a client is answered by exactly the HelloWorld of a part of the mesh, and then takes a sample
 * in which no call may fail.
 * @param part - the topology with the HelloWorld that may answer
 */
export async function answersOf(
  context: CheckContext,
  part: Topology,
  source: ClusterSpec,
  { timeoutMs = context.convergenceMs, sample = SAMPLE }: Asking = {},
): Promise<Answered> {
  const client = context.clusters.get(source.name)?.client;
  if (!client) return { from: source.name, isRight: false, found: `there is no cluster ${source.name}` };
  const groups = groupsFrom(part, source);
  const directory = new PodDirectory(context);
  const order = part.clusters.map(({ name }) => name);
  const ask = async (requests: number) => {
    const called = await callFrom(context, client, requests);
    if (isTrouble(called)) return { isRight: false, found: called.trouble };
    // A pod that was started anew has another name.
    await directory.learn(called.answers);
    const isComplete = silentGroups(groups, called.answers, directory.locate).length === 0;
    return {
      isRight: isComplete && isFrom(part, called.answers, directory.locate),
      found: describe(tally(called.answers, directory.locate, order), order),
    };
  };
  const size = batchSizeFor(groups);
  const options = { timeoutMs, inARow: GOOD_BATCHES };
  const batch = await settle(
    context,
    () => ask(size),
    ({ isRight }) => isRight,
    options,
  );
  const last = batch.isRight && sample > 0 ? await ask(Math.max(sample, size)) : batch;
  return { from: source.name, ...last };
}

/** Tells whether every call was answered, by HelloWorld of the part. */
const isFrom = (part: Topology, answers: readonly Answer[], locate: Locate): boolean =>
  answers.every(
    answer =>
      answer.kind === 'answer' &&
      part.clusters.some(
        ({ name, helloWorld }) =>
          name === locate(answer.instance, answer.version) && helloWorld.includes(answer.version),
      ),
  );

const describe = (counted: Tally, order: readonly ClusterName[]): string =>
  `${counted.requests} calls: ${describeTally(counted, order)}`;

/** Asks from all clients that have something to be answered by, side by side. */
export async function answersOfAll(
  context: CheckContext,
  part: Topology,
  asking: Asking = {},
): Promise<readonly Answered[]> {
  return await Promise.all(
    part.clusters.filter(({ client }) => client).map(source => answersOf(context, part, source, asking)),
  );
}

/**
 * Says what is wrong with the mesh before a check changes anything: it leaves a broken one as it is.
 * @returns empty if all clients are answered by all
 */
export async function brokenBefore(context: CheckContext): Promise<readonly string[]> {
  const asking = { timeoutMs: pushMs(context), sample: 0 };
  return wrongIn(await answersOfAll(context, context.topology, asking), 'before anything was changed');
}

/** What a check says of a mesh that it found broken. */
export const BROKEN_BEFORE: Diagnosis = {
  cause: 'broken-before',
  sentence:
    'The mesh does not answer as it should even before the check changes anything: the checks of ' +
    'calls from each cluster say why.',
  steps: [],
};

/** Writes answers as evidence: `cluster1: 60 calls: …`. */
export const describeAnswered = (answered: readonly Answered[]): readonly Evidence[] =>
  answered.map(({ from, found }) => `${from}: ${found}`);

/** Says what is wrong with answers, in a sentence about when; empty if nothing is. */
export const wrongIn = (answered: readonly Answered[], when: string): readonly string[] =>
  answered.filter(({ isRight }) => !isRight).map(({ from, found }) => `${when}, ${from} got ${found}`);
