/** What a user and a script are told of a command that threw. */
import { CommanderError } from 'commander';
import { EXIT, HarnessError } from '../base/errors.ts';
import { forTerminal } from '../base/printable.ts';
import { redact } from '../base/redact.ts';
import { describeDefect } from './defects.ts';
import type { Environment } from './environment.ts';
import { asTyped } from './launch.ts';

/**
 * Tells the user what went wrong.
 * @returns the exit code that says it to a script
 */
export function tellFailure(
  error: unknown,
  { signal, stderr, env }: Pick<Environment, 'signal' | 'stderr' | 'env'>,
): number {
  // Commander has written the text.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  if (signal.aborted) {
    stderr.write('mesh-harness: interrupted\n');
    return EXIT.interrupted;
  }
  if (error instanceof HarnessError) {
    const text = `mesh-harness: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`;
    stderr.write(asTyped(forTerminal(redact(text)), env));
    return error.exitCode;
  }
  stderr.write(describeDefect(error));
  return EXIT.unknown;
}
