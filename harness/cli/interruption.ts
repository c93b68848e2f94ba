/** Ctrl-C, SIGTERM, SIGHUP, and a parent that went away: all of them ask the run to clean up and end. */
import { readFileSync } from '../base/disk/disk.ts';
import { EXIT, HarnessError } from '../base/errors.ts';

interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  stop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_CHECK_INTERVAL_MS = 250;

/**
 * Listens to signals: the first one asks for a clean end, a second one does not wait for it.
 *
 * @param underNpm - whether npm or npx started us: it puts a shell in between, whose own parent is then the
 *   one to watch
 * @param outlivesParent - whether we were detached from the process that started us
 */
export function watchForInterruption(underNpm: boolean, outlivesParent = false): Interruption {
  const controller = new AbortController();
  const interrupt = (why: string) => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new HarnessError('ERR_INTERRUPTED', `Interrupted: ${why}.`));
  };
  const onSignal = (name: NodeJS.Signals) => interrupt(name);
  for (const name of SIGNALS) process.on(name, onSignal);
  // A signal that hits npx ends it without reaching us: we would go on as somebody else's child.
  const ancestors = ancestorsOf(underNpm);
  const timer = setInterval(() => {
    if (!outlivesParent && !controller.signal.aborted && ancestorsOf(underNpm) !== ancestors)
      interrupt('the process that started this one is gone');
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

function ancestorsOf(underNpm: boolean): string {
  return underNpm ? `${process.ppid} ${parentOf(process.ppid)}` : String(process.ppid);
}

/** Finds the parent of a process. @returns undefined where there is no /proc */
function parentOf(pid: number): string | undefined {
  try {
    // pid (name) state ppid …; the name may hold anything, so the fields are counted from its closing
    // bracket.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ')[1];
  } catch {
    return undefined;
  }
}
