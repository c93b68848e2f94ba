/** Which command lines need a small part of the program only: help, and what prints what is known before. */

/** Commands that are whole in the light bundle; the build leaves the others out of it. */
const LIGHT_COMMANDS: readonly string[] = ['plan', 'list', 'version'];

const HELP = new Set(['--help', '-h']);
const VERSION = new Set(['--version', '-V']);

/**
 * Tells whether the light bundle has all that a command line may ask for.
 * @param words - behind the program's name
 */
export function isLight(words: readonly string[]): boolean {
  const [first] = words;
  if (first === undefined || first === 'help') return true;
  // The code of the checks is as much as all the rest of it.
  if (LIGHT_COMMANDS.includes(first)) return !words.includes('--checks');
  // All its words are istioctl's own.
  return first !== 'istioctl' && (asksForHelp(words) || (words.length === 1 && VERSION.has(first)));
}

/** Behind another flag `--help` may be its value. */
const asksForHelp = (words: readonly string[]): boolean =>
  HELP.has(words.at(-1) ?? '') && words.slice(0, -1).every(word => !word.startsWith('-'));
