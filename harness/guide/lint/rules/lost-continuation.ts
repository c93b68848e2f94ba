/** Rule: a line looks like the rest of a command, and the line before it does not go on. */
import { wordsAt } from '../each-call.ts';
import type { Rule, RuleFinding } from '../rule.ts';

const REST = /^\s+(?:--?[A-Za-z][\w-]*(?:[ =]|$)|\|\s)/;

/** The rule `lost-continuation`. */
export const lostContinuation: Rule = {
  id: 'lost-continuation',
  severity: 'error',
  sentence: 'A line looks like the rest of a command, and the line before it does not go on.',
  because:
    'A command goes on behind a backslash at the very end of a line, or behind | and && (POSIX, "Escape ' +
    'Character"). Without one the command ends there, and its flags on the next line are lost.',
  example: {
    bad: '$ kubectl apply -f samples/sleep/sleep.yaml\n    -n shop',
    good: '$ kubectl apply -f samples/sleep/sleep.yaml \\\n    -n shop',
  },
  find: ({ traces }) =>
    traces.flatMap(({ events }) =>
      events.flatMap((event): readonly RuleFinding[] => {
        if (event.kind !== 'call') return [];
        const [shown] = event.shown;
        const rest = shown && REST.test(shown.text) ? shown.text : undefined;
        const blank = event.args.at(-1);
        if (blank?.text === ' ' && wordsAt(event.origin.page, blank.span).startsWith('\\'))
          return [
            {
              page: event.origin.page,
              span: blank.span,
              message: 'A blank stands behind the backslash: the command does not go on.',
              wouldHappen: 'The command ends with the line, and what stands on the next ones is lost.',
            },
          ];
        const span = rest === undefined ? event.program.span : shown?.span;
        if (!span || (rest === undefined && !/^--?[a-z]/.test(event.program.text))) return [];
        return [
          {
            page: event.origin.page,
            span,
            message:
              `${(rest ?? event.program.text).trim()} stands on a line of its own: the line before it has ` +
              `no backslash at its end.`,
            wouldHappen: 'The command ends with the line before, and does something else than the page says.',
          },
        ];
      }),
    ),
};
