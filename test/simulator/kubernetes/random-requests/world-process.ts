/** An opened world in a process of its own: one that hangs can be seen, and its CPU is told from ours. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stackOf } from './stack.ts';

export interface Usage {
  /** Milliseconds of CPU of all its threads since its start. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface WorldProcess extends Disposable {
  /** One for each cluster. */
  readonly kubeconfigs: readonly string[];
  /** Aborts when the process ends by itself, or says anything on standard error. */
  readonly defect: AbortSignal;
  usage(): Promise<Usage>;
  /** Milliseconds for which it was ready and the machine ran others; 0 where the system does not tell. */
  keptWaitingMs(): number;
  /** Where it is busy; it is good for nothing afterwards. */
  stack(): Promise<string>;
}

const urlOf = (file: string) => new URL(file, import.meta.url);

/** Linux's second figure of the main thread (Documentation/scheduler/sched-stats.rst there). */
function keptWaitingMs(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Opens one; its API servers answer when the promise resolves. */
export async function openWorld(seed: string): Promise<WorldProcess> {
  const child = fork(fileURLToPath(urlOf('./open-world.ts')), [seed], {
    // The flags of this process, whose kept code serves it too.
    execArgv: [...process.execArgv, '--inspect-port=0'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const defect = new AbortController();
  let stderr = '';
  let isInspected = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (isInspected) return;
    stderr += text;
    // What comes with it still comes.
    setTimeout(() => defect.abort(new Error(`The world's process says on standard error:\n${stderr}`)), 200);
  });
  child.once('exit', code => {
    setTimeout(
      () => defect.abort(new Error(`The world's process has ended with code ${code}.\n${stderr}`)),
      100,
    );
  });
  const answer = async (): Promise<unknown> => (await once(child, 'message', { signal: defect.signal }))[0];
  const { kubeconfigs } = (await answer()) as Pick<WorldProcess, 'kubeconfigs'>;
  return {
    kubeconfigs,
    defect: defect.signal,
    usage: async () => {
      child.send('usage');
      return (await answer()) as Usage;
    },
    keptWaitingMs: () => keptWaitingMs(child.pid),
    stack: () => {
      isInspected = true;
      return stackOf(child);
    },
    [Symbol.dispose]: () => {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    },
  };
}
