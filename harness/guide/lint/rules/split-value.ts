/** Rule: a value with blanks is expanded outside of quotes, and falls apart into words. */
import type { Expanded, Trace } from '../../follow/trace.ts';
import { findInCalls, wordsAt } from '../each-call.ts';
import type { Rule } from '../rule.ts';

/** The rule `split-value`. */
export const splitValue: Rule = {
  id: 'split-value',
  severity: 'error',
  sentence: 'A value with blanks is expanded outside of quotes, and falls apart into words.',
  because: 'The shell splits what it expands outside of double quotes (POSIX, "Field Splitting").',
  example: {
    bad: '$ export WHO="a b"\n$ kubectl get pod -l app=$WHO',
    good: '$ export WHO="a b"\n$ kubectl get pod -l app="$WHO"',
  },
  find: input =>
    findInCalls(input, ({ event, at }, trace) =>
      event.args.flatMap(word => {
        const name = word.isSplit ? blankName(word, trace, at) : undefined;
        const words = wordsAt(event.origin.page, word.span);
        // A variable that is all of a word may hold several of them on purpose.
        if (name === undefined || /^\$\{?\w+\}?$/.test(words)) return [];
        return [
          {
            span: word.span,
            message: `The value of ${name} has blanks, and ${words} is not quoted.`,
            wouldHappen: 'The command gets several words in the place of one.',
            fix: {
              description: `Quote it: "${words}"`,
              edits: [{ ...word.span, text: `"${words}"` }],
              isSafe: false,
            },
          },
        ];
      }),
    ),
};

/** Finds a variable in a word whose value, as the guide sets it, has blanks. */
function blankName({ uses }: Expanded, trace: Trace, at: number): string | undefined {
  return uses.find(({ name, isSet, isCaptured }) => {
    if (!isSet || isCaptured) return false;
    const set = trace.events.findLast(
      (event, index) => index < at && event.kind === 'set' && event.name === name,
    );
    return set?.kind === 'set' && set.value.isExact && /\S\s+\S/.test(set.value.text);
  })?.name;
}
