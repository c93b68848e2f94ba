/** Lines of shell that a stand-in's script is told to run. */
import { quoteWord } from '../../../harness/base/quote.ts';

/** A line of shell that prints a text, and ends if there is an exit code. */
export function print(text: string, stream: 1 | 2, exitCode?: number): string {
  const line = text === '' ? ':' : `printf %s ${quoteWord(text)} >&${stream}`;
  return exitCode === undefined ? line : `${line}\nexit ${exitCode}`;
}
