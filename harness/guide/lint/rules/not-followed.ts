/** Rule: a command is beyond the part of bash that mesh-harness follows. */
import type { Rule } from '../rule.ts';

/** The rule `not-followed`. */
export const notFollowed: Rule = {
  id: 'not-followed',
  severity: 'note',
  sentence: 'A command is beyond the part of bash that mesh-harness follows.',
  because:
    'Plans and rules are made of what a command does. What is not followed is never guessed at: guide ' +
    'plan refuses it, and rules that would have to know its outcome keep silent.',
  example: {
    bad: '$ for i in 1 2 3; do kubectl get pod; done',
    good: '$ kubectl get pod',
  },
  find: ({ traces }) =>
    traces.flatMap(({ events }) =>
      events.flatMap(event =>
        event.kind === 'beyond' && !event.beyond.isError
          ? [
              {
                page: event.origin.page,
                span: event.beyond.span,
                message: `mesh-harness does not follow ${event.beyond.what}.`,
                wouldHappen: 'Nothing to a reader; guide plan and run --guide refuse the page here.',
              },
            ]
          : [],
      ),
    ),
};
