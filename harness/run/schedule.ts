/** Runs a graph of steps with as much side by side as it allows. */
import type { StepId } from '../plan/step.ts';

export interface Node {
  readonly id: StepId;
  readonly dependsOn: readonly StepId[];
}

/**
 * Starts each node as soon as all that it depends on have ended, in the order given where several may start
 * at once.
 * @param visit - gets the outcomes of the nodes that it depends on, in the order of `dependsOn`
 * @returns the outcomes in the order of `nodes`
 * @throws Error if a node depends on one that does not come before it; else what `visit` throws first, after
 *   all have ended
 */
export async function runGraph<T extends Node, Outcome>(
  nodes: readonly T[],
  visit: (node: T, before: readonly Outcome[]) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const running = new Map<StepId, Promise<Outcome>>();
  for (const node of nodes) {
    const before = node.dependsOn.map(id => {
      const needed = running.get(id);
      if (!needed) throw new Error(`${node.id} depends on ${id}, which does not come before it.`);
      return needed;
    });
    const own = Promise.all(before).then(outcomes => visit(node, outcomes));
    // It is awaited below; until then a rejection must not count as unhandled.
    own.catch(() => {});
    running.set(node.id, own);
  }
  const settled = await Promise.allSettled(running.values());
  const failed = settled.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
}
