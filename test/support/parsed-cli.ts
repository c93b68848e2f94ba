/** Reads the words of a command line inside this process. */
import { CommanderError, type OutputConfiguration } from 'commander';
import { EXIT } from '../../harness/base/errors.ts';
import { createProgram, type Work } from '../../harness/cli/program.ts';

/** What a command said, and how it ended. */
export interface EndedHere {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Reads words as the command line does.
 * @param to - where help and refusals go; by default into what is returned
 * @returns the work of the command that they name, or what is said instead
 */
export async function parseCli(
  argv: readonly string[],
  to?: OutputConfiguration,
): Promise<{ readonly work: Work } | EndedHere> {
  let found: Work | undefined;
  const said: string[] = [];
  const program = createProgram(async work => {
    found = work;
  });
  const output = to ?? {
    writeErr: (text: string) => void said.push(text),
    writeOut: (text: string) => void said.push(text),
  };
  const below = program.commands.flatMap(command => command.commands);
  for (const command of [program, ...program.commands, ...below]) command.configureOutput(output);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { code: error.exitCode === 0 ? EXIT.passed : EXIT.usage, stdout: '', stderr: said.join('') };
  }
  return found ? { work: found } : { code: EXIT.passed, stdout: said.join(''), stderr: '' };
}
