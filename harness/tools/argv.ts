/** A command of a plan as the words that a program is started with. */
import type { Command } from '../model/command.ts';
import { substitute } from './substitute.ts';

/** Its arguments with their variables and its context. The context stands first: what follows `--` is another program's. */
export function argvOf(command: Command, variables: ReadonlyMap<string, string>): readonly string[] {
  const args = command.args.map(arg => substitute(arg, variables));
  const takesContext = command.tool === 'kubectl' || command.tool === 'istioctl';
  return takesContext && command.cluster !== undefined ? [`--context=${command.cluster}`, ...args] : args;
}
