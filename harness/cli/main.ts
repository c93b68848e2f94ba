/** The command line: the only reader of argv, the environment and signals. */
import { CommanderError } from 'commander';
import { EXIT, HarnessError } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { describeDefect, endOnDefects } from './defects.ts';
import type { Environment } from './environment.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { createProgram } from './program.ts';

/** Parses, runs one command, and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const interruption = watchForInterruption(
    process.env['npm_command'] !== undefined,
    process.env['MESH_HARNESS_DETACHED'] !== undefined,
  );
  try {
    return await runCommand(argv, interruption);
  } catch (error) {
    return reportFailure(error, interruption);
  } finally {
    interruption.stop();
  }
}

/** Runs the command that the words name. @returns its exit code */
async function runCommand(argv: readonly string[], { signal }: Interruption): Promise<number> {
  const environment: Environment = {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
  };
  // All words that follow are istioctl's own, --help among them.
  if (argv[0] === 'istioctl')
    return (await import('./commands/istioctl.ts')).istioctlCommand(argv.slice(1), environment);
  let exitCode: number = EXIT.passed;
  const program = createProgram(async work => {
    exitCode = await work(environment);
  });
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}

/** Tells the user what went wrong, and returns the exit code that says it to a script. */
function reportFailure(error: unknown, interruption: Interruption): number {
  // Commander has written the text.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  if (interruption.signal.aborted) {
    process.stderr.write('mesh-harness: interrupted\n');
    return EXIT.interrupted;
  }
  if (error instanceof HarnessError) {
    process.stderr.write(redact(`mesh-harness: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`));
    return error.exitCode;
  }
  process.stderr.write(describeDefect(error));
  return EXIT.unknown;
}

// A reader that went away (| head) is not a failure, and no reason to end: the exit code is still to be
// found.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

endOnDefects();
// Writes to standard output are done by now: files and pipes are synchronous on the systems that we run on.
void main(process.argv.slice(2)).then(exitCode => process.exit(exitCode));
