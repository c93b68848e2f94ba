/** Rule: a program is called by a name that is one slip off that of a common one. */
import type { Page } from '../../page/page.ts';
import { misspelt } from '../program-names.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** The rule `misspelt-program`. */
export const misspeltProgram: Rule = {
  id: 'misspelt-program',
  severity: 'warning',
  sentence: 'A program is called by a name that is one slip off that of a common one.',
  because:
    'The shell knows no such program, and in a pipe all that came before is lost. A name that the page ' +
    'makes an alias or a function is right.',
  example: { bad: '$ kubctl get pod', good: '$ kubectl get pod' },
  find: ({ traces }) =>
    traces.flatMap(({ events }) =>
      events.flatMap((event): readonly RuleFinding[] => {
        if (event.kind !== 'call' || !event.program.isExact) return [];
        const { text, span } = event.program;
        const { page } = event.origin;
        const name = misspelt(text);
        if (name === undefined || isMadeBy(page, text)) return [];
        return [
          {
            page,
            span,
            message: `No common program is called ${text}. Did you mean ${name}?`,
            wouldHappen: `The command ends with: ${text}: command not found.`,
          },
        ];
      }),
    ),
};

/** An alias or a function of the page, or a word that its text explains. */
const isMadeBy = ({ source, prose }: Page, name: string): boolean =>
  new RegExp(`\\balias\\s+${name}=|\\b${name}\\s*\\(\\)|\\bfunction\\s+${name}\\b`).test(source.text) ||
  prose.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text));
