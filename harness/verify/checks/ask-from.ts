/** Waits for a mesh to converge, seen from one cluster, and takes the one fixed sample from there. */
import type { ApiClient } from '../../base/api-client.ts';
import { callFrom, isTrouble, type Trouble } from '../calling.ts';
import type { CheckContext } from '../check.ts';
import { converge } from '../convergence.ts';
import { PodDirectory } from '../pod-directory.ts';
import type { SamplePlan } from '../sample-plan.ts';
import type { Answer } from '../sampling.ts';
import { tally } from '../tally.ts';
import type { Tally } from '../traffic.ts';
import type { Asked } from './explain-calls.ts';
import type { Viewpoint } from './fixed-sample.ts';

/** What was asked, with the fixed sample if the mesh converged. */
export interface Sampled extends Asked {
  /** What was planned for this client. */
  readonly plan: SamplePlan;
  readonly sampled: { readonly answers: readonly Answer[] } | Trouble | undefined;
}

/**
 * Asks from a cluster: in a large mesh, unless its proxy shows that all endpoints weigh alike, with a sample
 * that tells the shares by itself. The sample is noted in the context, for the check of all
 * samples together.
 */
export async function askFrom(
  context: CheckContext,
  client: ApiClient,
  { source, groups }: Viewpoint,
): Promise<Sampled> {
  // If this ends early, there is none.
  context.samples.note(source.name, 'not-taken');
  const directory = new PodDirectory(context);
  const convergence = await converge(context, { source, client, groups, directory });
  const { alone } = context.sample;
  const plan = alone && !convergence.isTold ? alone : context.sample;
  const { requests } = plan;
  if (convergence.converged) context.onProgress(`converged, sampling ${requests} calls`);
  const sampled = convergence.converged
    ? await callFrom(context, client, requests, convergence.pod)
    : undefined;
  if (sampled && !isTrouble(sampled)) {
    await directory.learn(sampled.answers);
    context.samples.note(source.name, countFor(context, directory)(sampled.answers));
  }
  return { source, groups: convergence.groups, directory, convergence, plan, sampled };
}

/** Returns what counts answers in the order of the topology. */
export const countFor =
  ({ topology }: Pick<CheckContext, 'topology'>, directory: PodDirectory) =>
  (answers: readonly Answer[]): Tally =>
    tally(
      answers,
      directory.locate,
      topology.clusters.map(({ name }) => name),
    );
