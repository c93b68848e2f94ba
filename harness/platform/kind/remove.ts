/**
 * Removing what a run has made: used by the run itself at its end, and by `clean` for those that were killed.
 */
import { type Clock, sleep } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { killAll, processesMarked } from '../../process/liveness.ts';
import { removeBalancers } from './cloud-provider.ts';
import type { Engine } from './engine/engine.ts';
import { KIND_CLUSTER_LABEL, RUN_VARIABLE } from './labels.ts';
import { removeNetwork } from './networks.ts';

const KILL_MS = 10_000;
/** The engine may finish a creation whose client was killed: so the absence must be seen more than once. */
const QUIET_ROUNDS = 2;
const ROUND_MS = 300;
const MAX_ROUNDS = 40;

/**
 * Ends the programs that this run has started and that still work for it, such as a `kind create` whose
 * parent was killed.
 */
export async function endPrograms(runId: string, clock: Clock): Promise<void> {
  await killAll(processesMarked(RUN_VARIABLE, runId), clock, KILL_MS);
}

/**
 * Removes the nodes of a cluster with their volumes. kind itself is not needed: nodes are containers with its
 * label.
 * @param isSettled - nothing is being created any more: one look is enough
 */
export async function removeCluster(
  engine: Engine,
  name: string,
  clock: Clock,
  isSettled = false,
): Promise<void> {
  let quiet = 0;
  for (let round = 0; round < MAX_ROUNDS && quiet < (isSettled ? 1 : QUIET_ROUNDS); round++) {
    const found = await engine.containers(KIND_CLUSTER_LABEL, name);
    await Promise.all(found.map(({ id }) => engine.removeContainer(id)));
    if (isSettled && found.length > 0) return;
    quiet = found.length === 0 ? quiet + 1 : 0;
    if (quiet < QUIET_ROUNDS && !isSettled) await sleep(clock, ROUND_MS);
  }
}

export interface Remains {
  readonly runId: string;
  readonly networks: readonly string[];
  readonly clusters: readonly string[];
}

/**
 * Removes all that a ledger names.
 * @returns what could not be removed, one sentence each
 */
export async function removeRemains(
  engine: Engine,
  remains: Remains,
  clock: Clock,
): Promise<readonly string[]> {
  const failures: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      failures.push(`${what}: ${messageOf(error)}`);
    }
  };
  await endPrograms(remains.runId, clock);
  await attempt('load balancers', () => removeBalancers(engine, remains.clusters));
  await Promise.all(
    remains.clusters.map(name => attempt(`the cluster ${name}`, () => removeCluster(engine, name, clock))),
  );
  for (const name of remains.networks) {
    await attempt(`the network ${name}`, async () => {
      await removeNetwork(engine, name);
      // A creation that was under way when its client was killed may still come to an end.
      await sleep(clock, ROUND_MS);
      await removeNetwork(engine, name);
    });
  }
  return failures;
}
