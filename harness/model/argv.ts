/**
 * A command of a plan as words: `${NAME}` replaced as an unquoted here-document has it, and the context put
 * in.
 */
import type { Command } from './command.ts';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Replaces each `${NAME}`; a name without a value becomes the empty string, as in a shell. */
export function substitute(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (_match, name: string) => variables.get(name) ?? '');
}

/** Lists the names that a text has as `${NAME}`, in order, each once. */
export function variablesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map(match => match[1] ?? ''))];
}

/**
 * Returns the words after the program's name. The context comes first, since words after `--` belong to
 * another program.
 */
export function argvOf(command: Command, variables: ReadonlyMap<string, string>): readonly string[] {
  const args = command.args.map(arg => substitute(arg, variables));
  const takesContext = command.tool === 'kubectl' || command.tool === 'istioctl';
  return takesContext && command.cluster !== undefined ? [`--context=${command.cluster}`, ...args] : args;
}
