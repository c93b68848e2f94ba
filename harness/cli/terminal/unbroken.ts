/** What is to be pasted stays in one piece: command lines in the texts that people read. Pure. */

/** Stands for a blank at which no line is broken; texts for a terminal have no such character. */
const GLUE = '\0';

/** Programs of ours, however they are started, and one word more: a command, a flag or a path. */
const OURS =
  "(?:(?:npx |npm exec (?:--\\S+ )*-- )?mesh-harness|\\S*node'? \\S*mesh-harness\\S*) (?=[a-z./-])\\S+";
/** Others' programs with what they are told to do; in a sentence about them something else follows. */
const OTHERS =
  '(?:kubectl|istioctl) (?:-\\S+|get|apply|create|describe|logs|exec|label|delete|rollout|config|wait|x|install|' +
  'proxy-\\w+|analyze|version)|docker (?:ps|rm|network|info|pull)|npm (?:install|ci|exec)|go install|' +
  'sysctl -w|chmod \\d+|ulimit -n|export \\w+=\\S*|eval "\\$\\([^)]*\\)"';
const BEGINNING = `(?:${OURS}|(?:${OTHERS})(?![\\w-]))`;
/** Flags with what follows them, names in capitals, paths, pairs, and dots for what is left out. */
const MORE = '(?: (?:-[\\w-]+(?:[= ][^\\s,;:)-]\\S*)?|[A-Z]{3,}\\b\\S*|[^\\s(]*[/=@]\\S+|…))*';
const WITHIN = new RegExp(`(?<![\\w./-])${BEGINNING}${MORE}`, 'g');
/** A line, or what follows a colon, that is a command and no sentence. */
const WHOLE = new RegExp(`(?<=^|: +)${BEGINNING}.*[^.;,:?!)\\s]$`);

/** A number goes with its unit. */
const AMOUNT = /\d (?=(?:s|ms|min|%|kB|MB|GB|MiB|GiB)\b)/g;

/** Marks the blanks within commands as those at which a line must not be broken. */
export function keepCommands(line: string): string {
  const glued = (text: string) => text.replaceAll(' ', GLUE);
  const shown = WHOLE.test(line) ? line.replace(WHOLE, glued) : line.replace(WITHIN, glued);
  return shown.replace(AMOUNT, glued);
}

/** Makes marked blanks blanks again. */
export const withBlanks = (text: string): string => text.replaceAll(GLUE, ' ');
