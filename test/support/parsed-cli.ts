/** Runs a command line inside this process, from its words to its exit code: a process costs much more. */
import { Writable } from 'node:stream';
import { CommanderError } from 'commander';
import { EXIT, HarnessError } from '../../harness/base/errors.ts';
import { createProgram, type Work } from '../../harness/cli/program.ts';
import type { Ended } from './cli.ts';

/** A stream that keeps what is written. */
function keeping() {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  // What commands use of a WriteStream is there.
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => chunks.join('') };
}

/**
 * Reads words as the command line does.
 * @returns the work of the command that they name, or what is said instead
 */
export async function parseCli(argv: readonly string[]): Promise<{ readonly work: Work } | Ended> {
  let found: Work | undefined;
  const said: string[] = [];
  const program = createProgram(async work => {
    found = work;
  });
  const output = {
    writeErr: (text: string) => void said.push(text),
    writeOut: (text: string) => void said.push(text),
  };
  for (const command of [program, ...program.commands]) command.configureOutput(output);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { code: error.exitCode === 0 ? EXIT.passed : EXIT.usage, stdout: '', stderr: said.join('') };
  }
  return found ? { work: found } : { code: EXIT.passed, stdout: said.join(''), stderr: '' };
}

/** Runs a command line. Paths in it are absolute: the working folder is this process's. */
export async function runParsed(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const parsed = await parseCli(argv);
  if (!('work' in parsed)) return parsed;
  const [stdout, stderr] = [keeping(), keeping()];
  const { signal } = new AbortController();
  const ended = (code: number, more = ''): Ended => ({
    code,
    stdout: stdout.text(),
    stderr: stderr.text() + more,
  });
  try {
    return ended(await parsed.work({ env, stdout: stdout.stream, stderr: stderr.stream, signal }));
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return ended(error.exitCode, `${error.message}\n${error.hint ?? ''}\n`);
  }
}
