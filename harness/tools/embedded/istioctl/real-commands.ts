/** Which commands and flags a real istioctl has: those that ours has not are no mistake of the user's. */
import real from './real-commands.json' with { type: 'json' };

const commands = new Map(
  Object.entries(real.commands as Readonly<Record<string, string>>).map(([command, flags]) => [
    command,
    new Set(flags.split(' ')),
  ]),
);
/** First words that stand for others. */
const ALIASES: Readonly<Record<string, string>> = {
  x: 'experimental',
  exp: 'experimental',
  pc: 'proxy-config',
};

const named = ([first = '', ...rest]: readonly string[]): string =>
  [ALIASES[first] ?? first, ...rest].join(' ');

/** The names are of today's istioctl: of 1.8 nothing is known but what ours has. */
const isOfToday = (istioVersion: string): boolean => !istioVersion.startsWith('1.8.');

/** Tells whether a real istioctl has a command. @param words - without the program's name */
export const isRealCommand = (istioVersion: string, words: readonly string[]): boolean =>
  isOfToday(istioVersion) && commands.has(named(words));

/** Tells whether a real istioctl takes a flag with a command. @param flag - `--revision`, `-r` */
export const isRealFlag = (istioVersion: string, words: readonly string[], flag: string): boolean =>
  isOfToday(istioVersion) && ['', named(words)].some(command => commands.get(command)?.has(flag));
