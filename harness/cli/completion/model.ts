/** What can be completed on a command line, read from the declarations of the commands. */
import type { Argument, Command, Option } from 'commander';
import { wordsOfCommand } from '../command-words.ts';
import { choicesOf } from '../flag-values.ts';

/** What may stand in a place. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly orFiles?: boolean }
  /** Ids of the plan's steps, by the scenario and the edition that stand on the line. */
  | { readonly kind: 'steps' }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'anything' };

/** A flag of a command. */
export interface CompletedFlag {
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  /** Absent for a switch. */
  readonly values?: Values;
  /** True if it takes all words up to the next flag. */
  readonly takesMany: boolean;
}

/** A command, with the words that name it: `guide lint`. */
export interface CompletedCommand {
  readonly words: string;
  /** True if other commands stand behind it. */
  readonly isGroup: boolean;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** What stands behind it; absent where nothing does. */
  readonly values?: Values;
}

/** Words that are known, by what they are. */
export interface KnownWords {
  readonly scenarios: readonly string[];
  readonly editions: readonly string[];
  readonly platforms: readonly string[];
  readonly loadBalancers: readonly string[];
  readonly checks: readonly string[];
  readonly misconfigurations: readonly string[];
  readonly faults: readonly string[];
  readonly shells: readonly string[];
  /** Scenario and edition, `multi-primary 1.8` → ids of steps. */
  readonly steps: ReadonlyMap<string, readonly string[]>;
}

/** All that a script of completion is made of. */
export interface Completion {
  readonly commands: readonly CompletedCommand[];
  readonly known: KnownWords;
}

/** Reads the program's declarations. */
export function completionOf(program: Command, known: KnownWords): Completion {
  const commands = program.commands.flatMap(command =>
    [command, ...command.commands].map(each => commandOf(each, known)),
  );
  return { commands, known };
}

function commandOf(command: Command, known: KnownWords): CompletedCommand {
  const [argument] = command.registeredArguments;
  const values =
    command.commands.length > 0
      ? wordsFrom(command.commands.map(each => each.name()))
      : argument && valuesOfArgument(argument, command.name(), known);
  return {
    words: wordsOfCommand(command),
    isGroup: command.commands.length > 0,
    description: command.description(),
    flags: command.options
      .filter(({ hidden, long }) => !hidden && long !== undefined)
      .map(option => flagOf(option, known)),
    ...(values && { values }),
  };
}

function flagOf(option: Option, known: KnownWords): CompletedFlag {
  return {
    long: option.long ?? '',
    ...(option.short !== undefined && { short: option.short }),
    description: option.description,
    takesMany: option.variadic,
    ...(option.required && { values: valuesOfFlag(option, known) }),
  };
}

const wordsFrom = (words: readonly string[], orFiles = false): Values => ({
  kind: 'words',
  words,
  ...(orFiles && { orFiles }),
});

function valuesOfArgument(argument: Argument, command: string, known: KnownWords): Values {
  switch (argument.name()) {
    case 'scenario':
      return wordsFrom(command === 'run' ? ['all', ...known.scenarios] : known.scenarios, true);
    case 'shell':
      return wordsFrom(known.shells);
    case 'files':
    case 'reports':
    case 'report':
    case 'before':
    case 'after':
      return { kind: 'files' };
    default:
      return { kind: 'anything' };
  }
}

/** What a flag takes, by its choices, its name, or the name of its value. */
function valuesOfFlag(option: Option, known: KnownWords): Values {
  const choices = choicesOf(option);
  if (choices.length > 0) return wordsFrom(choices);
  const byName: Readonly<Record<string, readonly string[]>> = {
    '--platform': known.platforms,
    '--edition': known.editions,
    '--check': known.checks,
    '--skip-check': known.checks,
    '--case': known.misconfigurations,
    '--fault': ['all', ...known.faults],
    '--load-balancer': known.loadBalancers,
  };
  const words = byName[option.long ?? ''];
  if (words) return wordsFrom(words);
  if (option.long === '--omit') return { kind: 'steps' };
  const [, value = ''] = /<(\w+)/.exec(option.flags) ?? [];
  if (value === 'file' || value === 'path') return { kind: 'files' };
  return { kind: value === 'dir' ? 'folders' : 'anything' };
}
