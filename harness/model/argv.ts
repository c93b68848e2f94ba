/**
 * A command of a plan as words: `${NAME}` replaced as an unquoted here-document has it, and the context put
 * in.
 */
import type { Command, ToolName } from './command.ts';

/** How tools call the context of a cluster; those without one take none. */
export const CONTEXT_FLAGS: Readonly<Partial<Record<ToolName, string>>> = {
  kubectl: '--context',
  istioctl: '--context',
  helm: '--kube-context',
};

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
  const flag = CONTEXT_FLAGS[command.tool];
  return flag !== undefined && command.cluster !== undefined ? [`${flag}=${command.cluster}`, ...args] : args;
}

/** Returns the variables that a command has for itself, their values replaced. */
export const environmentOf = (
  command: Command,
  variables: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(command.environment ?? {}).map(([name, value]) => [name, substitute(value, variables)]),
  );
