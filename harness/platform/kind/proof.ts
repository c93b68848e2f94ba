/**
 * What a verdict needs and a beginning does not: nodes that are ready, routes between them, and the proof
 * that the networks are what the scenario asks for. It goes on beside the first steps of the run.
 */
import { sleep } from '../../base/clock.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import { readyNodes } from './join-nodes.ts';
import type { DockerNetworks } from './networks.ts';
import type { KindNode } from './nodes.ts';
import type { RunContext } from './options.ts';
import { prove } from './prove.ts';
import { setRoutes } from './routes.ts';

/** What of the clusters is there as soon as kind has made them. */
export interface Joined {
  readonly networks: DockerNetworks;
  readonly nodes: readonly KindNode[];
  readonly clients: ReadonlyMap<ClusterName, KubernetesClient>;
}

/**
 * Waits for the nodes, sets the routes, and asks for the proof.
 * @param stopped - ends it, as the context's signal does
 * @throws HarnessError; the signal's reason
 */
export async function proveBeside(
  context: RunContext,
  { nodes, clients, networks }: Joined,
  stopped: AbortSignal,
): Promise<void> {
  using linked = linkedSignal(context.signal);
  linked.follow(stopped);
  const within = { ...context, signal: linked.signal };
  context.tell('waiting for the nodes to be ready, and proving the networks');
  const ready = await readyNodes(within, nodes, clients);
  await setRoutes(context.engine, ready, context.topology.clusters);
  await prove(within, ready, clients, networks);
}

/** How long after a failure of the proof its cause may be told of: a node that has ended. */
const TOLD_MS = 1000;

/** Returns why a start, or its proof, failed; with what to do. */
export const notBroughtUp = (error: unknown): HarnessError =>
  error instanceof HarnessError
    ? error
    : new HarnessError(
        'ERR_PLATFORM_NOT_READY',
        `The kind clusters could not be brought up: ${messageOf(error)}`,
        { hint: 'mesh-harness doctor --platform kind says what this machine lacks.', cause: error },
      );

/**
 * Returns the cause of a failed proof: the platform's defect, if there is one, which those who watch the
 * nodes may come to tell a moment later.
 */
export async function causeOf(
  error: unknown,
  defect: AbortSignal | undefined,
  { clock }: Pick<RunContext, 'clock'>,
): Promise<unknown> {
  if (defect && !defect.aborted) await sleep(clock, TOLD_MS, defect).catch(() => {}); // it is read below
  return defect?.aborted ? defect.reason : notBroughtUp(error);
}
