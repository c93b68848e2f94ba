/** The command line: the only reader of the environment and signals, and of argv once it is loaded. */
import { isMainThread } from 'node:worker_threads';
import { reasonOf } from '../base/disk/write-error.ts';
import { EXIT } from '../base/errors.ts';
import { endOnDefects } from './defects.ts';
import { type Environment, withoutEmpty } from './environment.ts';
import { tellFailure } from './failure.ts';
import { helpOutput } from './help-output.ts';
import { watchForInterruption } from './interruption.ts';
import { createProgram } from './program.ts';

/** Parses, runs one command, and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const interruption = watchForInterruption(
    process.env['npm_command'] !== undefined,
    process.env['MESH_HARNESS_DETACHED'] !== undefined,
  );
  const environment: Environment = {
    env: withoutEmpty(process.env),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
    dataIsRead: () => {
      isRead = true;
    },
  };
  try {
    return await runCommand(argv, environment);
  } catch (error) {
    return tellFailure(error, environment);
  } finally {
    interruption.stop();
  }
}

/** Runs the command that the words name. @returns its exit code */
async function runCommand(argv: readonly string[], environment: Environment): Promise<number> {
  // All words that follow are istioctl's own, --help among them.
  if (argv[0] === 'istioctl')
    return (await import('./commands/istioctl.ts')).istioctlCommand(argv.slice(1), environment);
  let exitCode: number = EXIT.passed;
  const program = createProgram(async work => {
    exitCode = await work(environment);
  }, helpOutput(environment));
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}

/** What became of the results: a disk that is full takes them, and with them a `passed`. */
let outputLost: Error | undefined;
/** Whether a program reads them. */
let isRead = false;

/** Says that results are missing, and takes it into the exit code. */
function withOutput(exitCode: number): number {
  if (!outputLost) return exitCode;
  process.stderr.write(`mesh-harness: Standard output cannot be written: ${reasonOf(outputLost)}.\n`);
  return exitCode === EXIT.passed ? EXIT.unknown : exitCode;
}

/** Waits until what was written has left the process: of more than a pipe holds an exit drops the rest. */
const written = (stream: NodeJS.WriteStream) =>
  new Promise<void>(resolve => {
    // Files are written at once; after an error nothing leaves any more.
    if (stream.destroyed || !stream.writableLength) resolve();
    else stream.write('', () => resolve());
  });

/** Runs the command line in this process, to its end. */
function runProgram(): void {
  // A reader of text that went away (| head) is not a failure, and none is a reason to end: the exit code is
  // still to be found.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' || isRead) outputLost = error;
  });
  // Nothing is left to tell it on.
  process.stderr.on('error', () => {});
  endOnDefects();
  // How the writes ended is told a turn later.
  void main(process.argv.slice(2)).then(async exitCode => {
    await Promise.all([written(process.stdout), written(process.stderr)]);
    setImmediate(() => process.exit(withOutput(exitCode)));
  });
}

/** Works for the main thread, which has started this one and hears what it throws. */
const runThread = async () => (await import('./threads/serve.ts')).serveThread();

if (isMainThread) runProgram();
else void runThread();
