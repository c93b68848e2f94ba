/** Workflow commands: what GitHub reads in the output of a step. Pure. */
import { printable } from './printable.ts';

/**
 * Writes a workflow command, as a line.
 * @param properties - `file`, `line`, `title`, in this order
 * @see GitHub's documentation, "Workflow commands for GitHub Actions"; actions/toolkit
 *   packages/core/src/command.ts for what is escaped
 */
export function workflowCommand(
  command: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string>>,
  text: string,
): string {
  const written = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeProperty(printable(value))}`,
  );
  return `::${command} ${written.join(',')}::${escapeData(printable(text))}\n`;
}

/**
 * Puts a backslash into what a runner would take for a command: a line that begins with two colons, or the
 * older form, wherever it is in a line.
 * @see actions/runner src/Runner.Common/ActionCommand.cs
 */
export const withoutCommands = (text: string): string =>
  text.replace(/^([^\S\n]*)::/gm, String.raw`$1\::`).replaceAll('##[', String.raw`##\[`);

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
