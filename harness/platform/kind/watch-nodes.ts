/**
 * Watches the nodes while a run goes on: one that ends takes its cluster with it, and what is seen from then
 * on tells nothing about the mesh.
 */
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { Engine } from './engine/engine.ts';
import type { KindNode } from './nodes.ts';

/**
 * Watches the nodes of a run.
 * @param stop - ends the watch, before the run itself ends the nodes
 * @returns aborts with ERR_PLATFORM_NOT_READY at the first node that ends, or when the engine does not answer
 *   any more
 */
export async function watchNodes(
  engine: Engine,
  nodes: readonly KindNode[],
  stop: AbortSignal,
): Promise<AbortSignal> {
  const controller = new AbortController();
  const fail = (message: string) => {
    if (stop.aborted) return;
    controller.abort(
      new HarnessError('ERR_PLATFORM_NOT_READY', message, {
        hint: 'Is there memory enough? mesh-harness doctor --platform kind says; --keep-on-failure leaves the other nodes.',
      }),
    );
  };
  const ended = (container: string, exitCode: string) => {
    const cluster = nodes.find(node => node.container === container)?.cluster ?? 'a cluster';
    fail(`The node ${container} of ${cluster} ended with exit code ${exitCode} while the run went on.`);
  };
  await engine.watchEnds(
    nodes.map(({ container }) => container),
    ended,
    error => fail(`The Docker engine does not tell of its containers any more: ${messageOf(error)}`),
    stop,
  );
  // No event reports a node that ended before the watch began.
  const clusters = new Set(nodes.map(({ container }) => container));
  for (const { name, isRunning } of await engine.containers()) {
    if (clusters.has(name) && !isRunning) ended(name, 'unknown');
  }
  return controller.signal;
}
