/** Names of programs as guides call them, and slips of the pen in them. */
import { editsBetween } from '../../base/did-you-mean.ts';

const OFTEN = 'kubectl istioctl helm grep curl echo export openssl docker mkdir sleep'.split(' ');
/** Other programs whose names are near to one of those. */
const NEAR: ReadonlySet<string> = new Set(
  'egrep fgrep pgrep zgrep ngrep agrep ugrep xgrep kubectx hurl xcurl kcurl gocurl helms necho'.split(' '),
);
/** Of names this short, a letter in another's place may make another program's name. */
const SHORT = 5;

/** Returns the program that a word is a slip of: a letter too many or too few, or a swap of two. */
export function misspelt(word: string): string | undefined {
  if (!/^[a-z]{4,}$/.test(word) || NEAR.has(word)) return undefined;
  return OFTEN.find(
    name =>
      editsBetween(name, word) === 1 &&
      (name.length > SHORT || name.length !== word.length || sorted(name) === sorted(word)),
  );
}

const sorted = (word: string): string => [...word].sort().join('');

/** Tells whether a word is a slip of a program's name. */
export const isMisspelt = (word: string): boolean => misspelt(word) !== undefined;
