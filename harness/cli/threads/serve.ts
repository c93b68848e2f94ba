/** The other end of a thread: does one thing after the other, as it is told. */
import { parentPort } from 'node:worker_threads';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { platformMaker } from '../../platform/catalog.ts';
import { prepareSession } from '../../session/prepare.ts';
import { scenarioOf } from '../scenarios.ts';
import type { Answer, Order, OrderedAttempts, OrderedSession } from './orders.ts';

/** Works for the main thread, until that ends this one. What is thrown here is thrown there. */
export async function serveThread(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('This is the main thread.');
  const say = (answer: Answer) => port.postMessage(answer);
  let controller = new AbortController();
  port.on('message', (order: Order) => {
    if (order.type === 'interrupt') {
      controller.abort(new HarnessError('ERR_INTERRUPTED', order.reason));
      return;
    }
    controller = new AbortController();
    if (order.type === 'run') void runOrdered(order.session, controller.signal, say);
    else void tryOrdered(order.attempts, controller.signal, say);
  });
  // Loads what a session loads on demand.
  await platformMaker('simulator')({ seed: '' });
  say({ type: 'ready' });
}

async function runOrdered(
  session: OrderedSession,
  signal: AbortSignal,
  say: (answer: Answer) => void,
): Promise<void> {
  const prepared = await prepareSession({
    ...session,
    signal,
    listeners: [event => say({ type: 'event', event })],
    onKept: lines => say({ type: 'kept', lines }),
    onTraceLost: error => say({ type: 'trace-lost', reason: messageOf(error) }),
  });
  const { listenerFailures } = await prepared.start();
  say({ type: 'ended', listenerFailures });
}

async function tryOrdered(
  { scenario, edition, ids }: OrderedAttempts,
  signal: AbortSignal,
  say: (answer: Answer) => void,
): Promise<void> {
  // Runs do without all of it.
  const { attemptsOf } = await import('../../matrix/attempts.ts');
  const { readCorpus } = await import('../../matrix/corpus.ts');
  const { inThisThread } = await import('../../matrix/try-all.ts');
  const { topology } = await scenarioOf(scenario, signal);
  const scenarios = new Map([[scenario, topology]]);
  const attempts = attemptsOf({ chapters: await readCorpus(), scenarios, editions: [edition], ids });
  say({ type: 'tried', held: await inThisThread.tryThem(attempts, signal) });
}
