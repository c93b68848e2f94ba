/**
 * Controllers with a defect each, for tests of what a defect does to the others. All work on ConfigMaps
 * `victim`.
 */
import type { Controller, ControllerContext } from '../../harness/simulator/kubernetes/client/controller.ts';
import { keyOf } from '../../harness/simulator/kubernetes/client/kinds.ts';
import { WorkQueue } from '../../harness/simulator/kubernetes/client/work-queue.ts';

const isVictim = (name: string | undefined) => name === 'victim';

function onQueue({ component, client }: ControllerContext, work: (key: string) => void): Controller {
  const queue = new WorkQueue(component, work, 'configmaps');
  const stop = client.watch('configmaps', {}, ({ type, object }) => {
    if (type !== 'DELETED' && isVictim(object.metadata.name)) queue.add(keyOf(object));
  });
  return {
    stop: () => {
      queue.stop();
      stop();
    },
  };
}

/** Throws at each try. */
export function throwingController(context: ControllerContext, onTry: () => void): Controller {
  return onQueue(context, () => {
    onTry();
    throw new Error('made to throw');
  });
}

function turn({ client }: ControllerContext, key: string): void {
  const [namespace = '', name = ''] = key.split('/');
  const victim = client.get('configmaps', namespace, name);
  if (victim)
    client.update('configmaps', { ...victim, data: { turns: String(Number(victim.data?.['turns']) + 1) } });
}

/** Changes, in tasks of its own, what makes it work again. */
export function loopingController(context: ControllerContext, onTurn: () => void): Controller {
  return onQueue(context, key => {
    onTurn();
    turn(context, key);
  });
}

/**
 * Changes within the notice of a change what it is noticed of: in microtasks, so that nobody else gets a
 * turn.
 */
export function spinningController(context: ControllerContext): Controller {
  const stop = context.client.watch('configmaps', {}, ({ type, object }) => {
    if (type !== 'DELETED' && isVictim(object.metadata.name)) turn(context, keyOf(object));
  });
  return { stop };
}
