/** Asks until a mesh that is still spreading has settled, or has had its time. */
import { sleep } from '../base/clock.ts';
import type { CheckContext } from './check.ts';
import { PAUSES_MS } from './convergence.ts';

/** How long to ask, and how often the right thing has to be seen. */
interface SettleOptions {
  /** Milliseconds of the context's clock until the last thing seen counts. */
  readonly timeoutMs: number;
  /** How often in a row, without a pause between; 1 by default. */
  readonly inARow?: number;
}

/** Milliseconds that a push may take, with what gathers changes before it. */
const PUSH_MS = 30_000;

/**
 * Returns for how long to wait for a push, milliseconds: no longer than for a mesh that is still spreading.
 */
export const pushMs = ({ convergenceMs }: Pick<CheckContext, 'convergenceMs'>): number =>
  Math.min(PUSH_MS, convergenceMs);

/**
 * Asks until `accept` says yes, with pauses that grow.
 * @returns the last value, whether it was accepted or the time was up
 */
export async function settle<T>(
  { clock, signal }: Pick<CheckContext, 'clock' | 'signal'>,
  probe: () => Promise<T>,
  accept: (value: T) => boolean,
  { timeoutMs, inARow = 1 }: SettleOptions,
): Promise<T> {
  const deadline = clock.now() + timeoutMs;
  let accepted = 0;
  for (let pauses = 0; ; ) {
    signal.throwIfAborted();
    const value = await probe();
    accepted = accept(value) ? accepted + 1 : 0;
    if (accepted >= inARow) return value;
    if (accepted > 0) continue;
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return value;
    const pauseMs = PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)] ?? leftMs;
    pauses += 1;
    await sleep(clock, Math.min(pauseMs, leftMs), signal);
  }
}
