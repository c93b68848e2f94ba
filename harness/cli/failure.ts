/** What a user and a script are told of a command that threw. */
import { CommanderError } from 'commander';
import { EXIT, HarnessError } from '../base/errors.ts';
import { forTerminal } from '../base/printable.ts';
import { redact } from '../base/redact.ts';
import { describeDefect } from './defects.ts';
import type { Environment } from './environment.ts';
import { failureForGithub, harmlessIn } from './github.ts';
import { asTyped } from './launch.ts';
import { columnsOf, wrappedLines } from './terminal/text-width.ts';

/**
 * Tells the user what went wrong.
 * @param environment - its signal is aborted if the user has interrupted the command
 * @returns the exit code that says it to a script
 */
export function tellFailure(
  error: unknown,
  { env, signal, stderr }: Pick<Environment, 'env' | 'signal' | 'stderr'>,
): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.passed;
    // Commander has written the text.
    stderr.write(failureForGithub(env, error.message));
    return EXIT.usage;
  }
  const tell = (text: string) =>
    stderr.write(`${harmlessIn(env, text)}${failureForGithub(env, text.trimEnd())}`);
  if (signal.aborted) {
    stderr.write('mesh-harness: interrupted\n');
    return EXIT.interrupted;
  }
  if (error instanceof HarnessError) {
    const text = `mesh-harness: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`;
    tell(wrappedLines(asTyped(forTerminal(redact(text)), env), columnsOf(stderr)));
    return error.exitCode;
  }
  tell(describeDefect(error));
  return EXIT.unknown;
}
