/** Refuses flags that have no effect where they were given. */
import type { Command } from 'commander';
import { HarnessError } from '../base/errors.ts';
import { wordsOfCommand } from './command-words.ts';
import type { Environment } from './environment.ts';
import { type CommandFlags, type FlagRow, flagsOf } from './flag-table.ts';
import { choosePlatform } from './platform-choice.ts';

type Env = Environment['env'];

/** What stands on a command line, and around it. */
interface Given {
  readonly flags: ReadonlySet<string>;
  readonly env: Env;
}

/**
 * Checks the flags of a command that were given, also those that were given their default.
 * @throws HarnessError ERR_USAGE for the first that has no effect; ERR_UNKNOWN_PLATFORM
 */
export function refuseWithoutEffect(command: Command, env: Env): void {
  const known = flagsOf(wordsOfCommand(command));
  if (!known) return;
  const flags = new Set(
    command.options
      .filter(option => command.getOptionValueSource(option.attributeName()) === 'cli')
      .map(({ long }) => long ?? ''),
  );
  const given: Given = { flags, env };
  const rows = known.sometimes.filter(({ flag }) => flags.has(flag));
  // Where all is well nothing need be found out.
  const isElsewhere = elsewhere(rows, known, command.getOptionValue('platform'), env);
  for (const row of rows) {
    const problem = isElsewhere(row) ?? aloneOf(row, given) ?? overruledOf(row, given);
    if (problem) throw new HarnessError('ERR_USAGE', problem.message, { hint: problem.hint });
  }
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** Returns what tells whether a flag is for other platforms than the one that is chosen. */
function elsewhere(
  rows: readonly FlagRow[],
  { platform: byDefault }: CommandFlags,
  asked: string | undefined,
  env: Env,
): (row: FlagRow) => Problem | undefined {
  if (byDefault === undefined || rows.every(({ on }) => on === undefined)) return () => undefined;
  const { name, because } = choosePlatform(asked ?? env['MESH_HARNESS_PLATFORM'] ?? byDefault, env);
  const how =
    because !== undefined
      ? ` (${because})`
      : asked !== undefined
        ? ''
        : env['MESH_HARNESS_PLATFORM'] === undefined
          ? ', since none is named'
          : ', which MESH_HARNESS_PLATFORM names';
  return ({ flag, on, instead }) => {
    if (!on || on.some(each => each === name)) return undefined;
    const advice = instead ?? `Leave it out, or add --platform ${on[0]}.`;
    return {
      message: `${flag} is for --platform ${on.join(' or ')}.`,
      hint: `The platform is ${name}${how}: there it has no effect. ${advice}`,
    };
  };
}

/** A flag that says more of another, which was not given. */
function aloneOf({ flag, beside, instead }: FlagRow, { flags, env }: Given): Problem | undefined {
  const isThere = (name: string) =>
    name === 'CTX_…' ? Object.keys(env).some(each => /^CTX_/.test(each)) : flags.has(name);
  if (!beside || beside.some(isThere)) return undefined;
  return {
    message: `${flag} is for ${beside.join(' or ')}.`,
    hint: instead ?? `Without that it has no effect: leave it out, or add ${beside[0]}.`,
  };
}

/** A flag whose work another one takes away. */
function overruledOf({ flag, notBeside }: FlagRow, { flags }: Given): Problem | undefined {
  const other = notBeside?.find(each => flags.has(each));
  if (other === undefined) return undefined;
  return { message: `${flag} has no effect beside ${other}.`, hint: 'Leave one of them out.' };
}
