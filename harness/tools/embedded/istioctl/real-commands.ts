/** Which commands and flags a real istioctl has: those that ours has not are no mistake of the user's. */
import { commandsOf } from '../../../simulator/istio/registry/commands.ts';
import type { Edition } from '../../../simulator/istio/registry/names.ts';

/** First words that stand for others. */
const ALIASES: Readonly<Record<string, string>> = {
  x: 'experimental',
  exp: 'experimental',
  pc: 'proxy-config',
  d: 'dashboard',
  dash: 'dashboard',
  istiod: 'admin',
  zc: 'ztunnel-config',
};

const named = ([first = '', ...rest]: readonly string[]): string =>
  [ALIASES[first] ?? first, ...rest].join(' ');

const editionOf = (istioVersion: string): Edition => (istioVersion.startsWith('1.8.') ? '1.8' : 'current');

/** Tells whether a real istioctl has a command. @param words - without the program's name */
export const isRealCommand = (istioVersion: string, words: readonly string[]): boolean => {
  const commands = commandsOf(editionOf(istioVersion));
  return commands.has(words.join(' ')) || commands.has(named(words));
};

/** Tells whether a real istioctl takes a flag with a command. @param flag - `--revision`, `-r` */
export const isRealFlag = (istioVersion: string, words: readonly string[], flag: string): boolean => {
  const commands = commandsOf(editionOf(istioVersion));
  return ['', named(words)].some(command => commands.get(command)?.has(flag));
};
