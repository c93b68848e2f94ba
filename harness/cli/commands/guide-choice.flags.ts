/** The flags that choose the way through a guide, for the commands that follow one. */
import { type Command, InvalidArgumentError } from 'commander';
import { asWord, collect } from '../flag-values.ts';

/** Which way through a guide is taken, and how much of it. */
export interface GuideChoiceFlags {
  readonly tab: readonly string[];
  readonly var: readonly string[];
  readonly asPrinted: boolean;
  readonly cleanUp: boolean;
}

/** Adds the flags. */
export function addGuideFlags(command: Command): Command {
  const withTab = command.option(
    '--tab <name>',
    `follow this tab, by its name or its category-value (repeatable: one for each set of tabs)`,
    collect,
    [],
  );
  return addVarFlag(withTab)
    .option('--as-printed', `mend nothing, and add nothing: just what the pages say`, false)
    .option('--clean-up', `also do what the guide does at its end to take all of it away`, false);
}

/** Adds `--var`. */
export const addVarFlag = (command: Command): Command =>
  command.option(
    '--var <name=value>',
    `set a variable that the pages leave to their reader (repeatable)`,
    (value: string, before: readonly string[]) => collect(assignment(value, before), before),
    [],
  );

function assignment(value: string, before: readonly string[]): string {
  const [, name] = /^([A-Za-z_]\w*)=/.exec(value) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Write it as NAME=VALUE.');
  if (before.some(each => each.startsWith(`${name}=`)))
    throw new InvalidArgumentError(`${name} is given twice.`);
  return value;
}

/** Returns the variables that were given with `--var`. */
export const givenVariables = (given: readonly string[]): ReadonlyMap<string, string> =>
  new Map(given.map(each => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]));

/** Returns the words of a command line that chooses the same way. */
export const argvOfGuide = ({ tab, var: given, asPrinted, cleanUp }: GuideChoiceFlags): readonly string[] => [
  ...tab.flatMap(name => ['--tab', asWord(name)]),
  ...given.flatMap(each => ['--var', each]),
  ...(asPrinted ? ['--as-printed'] : []),
  ...(cleanUp ? ['--clean-up'] : []),
];
