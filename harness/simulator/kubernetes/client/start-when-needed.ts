/** Controllers of kinds that most clusters never have: they start with the first object. */
import type { Kind } from './cluster-client.ts';
import type { Controller, ControllerContext } from './controller.ts';

/**
 * Starts a controller when the first object of one of its kinds is there. Until then it costs nothing but
 * watches of kinds that have no objects.
 */
export function startWhenNeeded(
  context: ControllerContext,
  kinds: readonly Kind[],
  start: (context: ControllerContext) => Controller,
): Controller {
  let controller: Controller | undefined;
  let isStopped = false;
  const stops = kinds.map(kind =>
    context.client.watch(kind, {}, ({ type }) => {
      if (type === 'DELETED' || controller || isStopped) return;
      controller = start(context);
      for (const stop of stops) stop();
    }),
  );
  return {
    stop: () => {
      isStopped = true;
      for (const stop of stops) stop();
      controller?.stop();
    },
  };
}
