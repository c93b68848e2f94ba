/** The words that name a command. */
import type { Command } from 'commander';

/** Returns them without the program's name: `guide lint`. */
export const wordsOfCommand = (command: Command): string =>
  command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
