/** The pause image: a program that does nothing until a signal ends it. */
import type { Image, Main } from '../program.ts';

/** Waits for the signal that ends the process. */
export function untilTold(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const pause: Main = async ({ signal }) => {
  await untilTold(signal);
  return 0;
};

/** `registry.k8s.io/pause` and its older homes. */
export const pauseImage: Image = {
  name: 'pause',
  env: {},
  user: 65535,
  entrypoint: ['/pause'],
  cmd: [],
  programs: { '/pause': pause },
};
