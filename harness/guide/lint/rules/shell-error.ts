/** Rule: bash cannot read a command: a quote or a here-document that does not end, a syntax error. */
import type { Rule } from '../rule.ts';

/** The rule `shell-error`. */
export const shellError: Rule = {
  id: 'shell-error',
  severity: 'error',
  sentence: 'bash cannot read a command: a quote or a here-document that does not end, a syntax error.',
  because:
    'bash waits for the rest, or takes what follows for it; nothing of the command is carried out as it ' +
    'is meant (Bash Reference Manual, "Shell Syntax").',
  example: {
    bad: "$ kubectl get pod -o jsonpath='{.items}",
    good: "$ kubectl get pod -o jsonpath='{.items}'",
  },
  find: ({ traces }) =>
    traces.flatMap(({ events }) =>
      events.flatMap(event =>
        event.kind === 'beyond' && event.beyond.isError
          ? [
              {
                page: event.origin.page,
                span: event.beyond.span,
                message: `bash cannot read this: ${event.beyond.what}.`,
                wouldHappen:
                  'bash waits for more, or complains; the command is not carried out as it is meant.',
              },
            ]
          : [],
      ),
    ),
};
