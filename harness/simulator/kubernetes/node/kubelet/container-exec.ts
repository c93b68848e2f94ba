/** Programs that are run in a container beside its own: by hooks, probes and users. */
import { messageOf } from '../../../../base/errors.ts';
import type { Running } from './container-launch.ts';
import { type Process, startProcess } from './process.ts';
import { findProgram } from './program-lookup.ts';
import type { RunnerContext } from './runner-context.ts';

/** Where a program that is run in a container reads and writes. */
export interface ExecStreams {
  readonly stdin?: AsyncIterable<Buffer>;
  readonly isTerminal?: boolean;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/**
 * Runs a program in a container, which ends it with itself.
 * @throws ProgramNotFound
 */
export function execIn(
  running: Running,
  context: RunnerContext,
  argv: readonly string[],
  streams: ExecStreams,
): Process {
  const { clock, random, podNetwork, hostname } = context;
  const process = startProcess({
    main: findProgram(running.image, argv[0] ?? ''),
    argv,
    env: running.env,
    uid: running.uid,
    hostname,
    files: running.files,
    network: podNetwork,
    clock,
    random: random.stream(`exec/${random.integer(2 ** 32)}`),
    ...streams,
  });
  running.execs.add(process);
  void process.exited.then(() => running.execs.delete(process));
  return process;
}

/**
 * Runs a program to its end.
 * @param exec - starts it
 * @param signal - kills it
 * @returns what it wrote; 127 and the runtime's words for a program that cannot be started
 */
export async function execToEnd(
  exec: (argv: readonly string[], streams: ExecStreams) => Process,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  let output = '';
  const collect = (text: string) => {
    output += text;
  };
  try {
    const process = exec(argv, { stdout: collect, stderr: collect });
    signal?.addEventListener('abort', () => process.kill(), { once: true });
    return { exitCode: await process.exited, output };
  } catch (error) {
    return { exitCode: 127, output: `OCI runtime exec failed: exec failed: ${messageOf(error)}: unknown` };
  }
}
