/** Runs a graph of steps with as much side by side as it allows. */
import type { StepId } from '../plan/step.ts';

export interface Node {
  readonly id: StepId;
  readonly dependsOn: readonly StepId[];
  /** Nodes that need only have begun. */
  readonly follows?: readonly StepId[];
}

/** How far the nodes are that a node waits for, and who waits for it. */
export interface Around<Outcome> {
  /** Of the nodes that it depends on, in their order. */
  readonly before: readonly Outcome[];
  /** Of the nodes that it follows, in their order: they have begun, or ended. */
  readonly beside: readonly Beside<Outcome>[];
  /** Lets those begin that follow it; they do at its end at the latest. */
  readonly begun: () => void;
}

/** A node that may still go on. */
interface Beside<Outcome> {
  /** Undefined while it goes on. */
  readonly outcome: Outcome | undefined;
  readonly ended: Promise<Outcome>;
}

interface Running<Outcome> extends Beside<Outcome> {
  outcome: Outcome | undefined;
  readonly begun: Promise<unknown>;
}

/**
 * Starts each node as soon as all that it depends on have ended and all that it follows have begun, in the
 * order given where several may start at once.
 * @returns the outcomes in the order of `nodes`
 * @throws Error if a node waits for one that does not come before it; else what `visit` throws first, after
 *   all have ended
 */
export async function runGraph<T extends Node, Outcome>(
  nodes: readonly T[],
  visit: (node: T, around: Around<Outcome>) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const running = new Map<StepId, Running<Outcome>>();
  for (const node of nodes) {
    const find = (id: StepId) => {
      const needed = running.get(id);
      if (!needed) throw new Error(`${node.id} depends on ${id}, which does not come before it.`);
      return needed;
    };
    const before = node.dependsOn.map(find);
    const beside = (node.follows ?? []).map(find);
    running.set(node.id, start(node, before, beside, visit));
  }
  const settled = await Promise.allSettled([...running.values()].map(({ ended }) => ended));
  const failed = settled.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
}

function start<T extends Node, Outcome>(
  node: T,
  needed: readonly Running<Outcome>[],
  beside: readonly Running<Outcome>[],
  visit: (node: T, around: Around<Outcome>) => Promise<Outcome>,
): Running<Outcome> {
  let begun = () => {};
  const hasBegun = new Promise<void>(resolve => {
    begun = resolve;
  });
  const ended = Promise.all(needed.map(each => each.ended)).then(async before => {
    await Promise.all(beside.map(each => each.begun));
    const outcome = await visit(node, { before, beside, begun });
    own.outcome = outcome;
    return outcome;
  });
  // It is awaited at the end; until then a rejection must not count as unhandled.
  const settled = ended.catch(() => {});
  const own: Running<Outcome> = { outcome: undefined, ended, begun: Promise.race([hasBegun, settled]) };
  return own;
}
