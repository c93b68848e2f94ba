/** The work of one thread, out of two figures that are each too large. Pure, but for what it remembers. */

/**
 * Makes a count of the milliseconds that this thread has worked. Node tells the processor's time of all
 * threads together, and of each thread how long its event loop was not idle, which a machine that others use
 * draws out. So of each stretch between two calls the lesser is taken.
 * @param cpuMs - the processor's time of the process so far
 * @param activeMs - how long this thread's event loop was not idle so far
 */
export function ownWork(cpuMs: () => number, activeMs: () => number): () => number {
  let worked = 0;
  let cpu = cpuMs();
  let active = activeMs();
  return () => {
    const now = { cpu: cpuMs(), active: activeMs() };
    worked += Math.min(now.cpu - cpu, now.active - active);
    ({ cpu, active } = now);
    return worked;
  };
}
