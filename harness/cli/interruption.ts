/** Ctrl-C, SIGTERM, SIGHUP, and a parent that went away: all of them ask the run to clean up and end. */
import { EXIT, HarnessError } from '../base/errors.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  stop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_CHECK_INTERVAL_MS = 250;

/** The first signal asks for a clean end; a second one does not wait for it. */
export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  const interrupt = (why: string) => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new HarnessError('ERR_INTERRUPTED', `Interrupted: ${why}.`));
  };
  const onSignal = (name: NodeJS.Signals) => interrupt(name);
  for (const name of SIGNALS) process.on(name, onSignal);
  // A signal that hits npx may end it without reaching us: then we are somebody else's child.
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent && !controller.signal.aborted) interrupt('the process that started this one is gone');
  }, PARENT_CHECK_INTERVAL_MS);
  timer.unref();
  return {
    signal: controller.signal,
    stop: () => {
      clearInterval(timer);
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
