/** Rule: a flag is given twice, and only the last one counts. */
import { findInCalls, removal, wordsAt } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import type { FlagUse } from '../words.ts';

/** The rule `repeated-flag`. */
export const repeatedFlag: Rule = {
  id: 'repeated-flag',
  severity: 'warning',
  sentence: 'A flag is given twice, and only the last one counts.',
  because:
    'Flags of one value (spf13/pflag, string.go) are set anew each time: what the first said is ' +
    'forgotten without a word. Selectors are not joined: -l a=1 -l b=2 selects by b=2 alone; -l a=1,b=2 ' +
    'joins them.',
  example: {
    bad: '$ kubectl get pod -l app=web -l version=v1',
    good: '$ kubectl get pod -l version=v1',
  },
  find: input =>
    findInCalls(input, ({ flags, event }) => {
      const page = event.origin.page;
      const lasts = new Map(flags.map(flag => [flag.name, flag]));
      return flags.flatMap(flag => {
        const last = lasts.get(flag.name);
        if (flag.isRepeatable || !flag.value || !last?.value || last === flag) return [];
        const isSame = valueText(flag) === valueText(last);
        return [
          {
            span: flag.span,
            ...(isSame && { severity: 'note' as const }),
            message: `${wordsAt(page, flag.span)} has no effect: ${wordsAt(page, last.span)} comes later.`,
            wouldHappen: isSame
              ? 'Nothing: both say the same.'
              : `The command heeds ${wordsAt(page, last.span)} only; what it acts on is not what the ` +
                'page says.',
            fix: {
              description: `Remove ${wordsAt(page, flag.span)}, as the command does.`,
              edits: [removal(page, flag.span)],
              isSafe: true,
            },
          },
        ];
      });
    }),
};

const valueText = ({ value }: FlagUse): string => value?.text ?? '';
