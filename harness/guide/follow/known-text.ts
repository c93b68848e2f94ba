/** Texts that are known without running anything: here-documents, what `cat` and `echo` print. */
import type { SimpleCommand } from '../shell/syntax.ts';
import type { CallEvent, Expanded } from './trace.ts';

/** Standard input, or what is written. */
export type Stdin = NonNullable<CallEvent['stdin']>;
/** What a pipeline comes to whose output is known without a run. */
export type KnownText = Stdin | undefined;

/** What a command prints that needs no run: `cat` its input, `echo` its words. */
export function printed(
  words: readonly Expanded[],
  { span }: SimpleCommand,
  stdin: Stdin | undefined,
): KnownText {
  const [program, ...args] = words;
  if (program?.text === 'cat' && stdin && (args.length === 0 || (args.length === 1 && args[0]?.text === '-')))
    return stdin;
  if (program?.text !== 'echo' || args[0]?.text.startsWith('-')) return undefined;
  const text = `${args.map(arg => arg.text).join(' ')}\n`;
  const uses = args.flatMap(arg => arg.uses);
  const isExact = args.every(arg => arg.isExact);
  return { text: { text, span, uses, isSplit: false, isExact }, raw: text, isExpanded: true };
}

/** Puts a text behind another, as `>>` does. */
export function appended(before: Stdin, text: Stdin): Stdin {
  return {
    text: {
      ...text.text,
      text: before.text.text + text.text.text,
      uses: [...before.text.uses, ...text.text.uses],
      isExact: before.text.isExact && text.text.isExact,
    },
    raw: before.raw + text.raw,
    isExpanded: before.isExpanded || text.isExpanded,
  };
}

/** Writes paths of the working folder in one way. */
export const samePath = (path: string): string => path.replace(/^(?:\.\/)+/, '');
