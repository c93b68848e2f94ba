/** Rule: a variable is set without export, where the guide exports it elsewhere. */
import type { Rule, RuleFinding } from '../rule.ts';

/** The rule `not-exported`. */
export const notExported: Rule = {
  id: 'not-exported',
  severity: 'note',
  sentence: 'A variable is set without export, where the guide exports it elsewhere.',
  because:
    'A variable that is not exported is the shell’s own: the programs that it starts, such as scripts ' +
    'of the samples, do not see it (POSIX, "export").',
  example: {
    bad: '$ CTX_ONE=b\n$ export CTX_ONE=a',
    good: '$ export CTX_ONE=b\n$ export CTX_ONE=a',
  },
  find: ({ traces }) => {
    const sets = traces.flatMap(({ events }) =>
      events.flatMap(event => (event.kind === 'set' ? [event] : [])),
    );
    const exported = new Set(sets.filter(({ isExported }) => isExported).map(({ name }) => name));
    return sets
      .filter(({ name, isExported }) => exported.has(name) && !isExported)
      .map(
        ({ name, origin }): RuleFinding => ({
          page: origin.page,
          span: origin.span,
          message: `${name} is set without export here, and with it elsewhere.`,
          wouldHappen: 'A script that reads it from the environment has the old value, or none.',
        }),
      );
  },
};
