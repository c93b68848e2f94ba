/** Rule: a program is called that no plan carries out. */
import { isIdle, toolOf } from '../../follow/programs.ts';
import type { CallEvent } from '../../follow/trace.ts';
import { isMisspelt } from '../program-names.ts';
import type { Rule } from '../rule.ts';

/** The rule `beyond`. */
export const beyond: Rule = {
  id: 'beyond',
  severity: 'note',
  sentence: 'A program is called that guide plan and run --guide do not carry out.',
  because:
    'A plan is made of calls of kubectl, istioctl, helm and the gateway script; what another program does ' +
    'is never guessed at. It is told once for each program and page.',
  example: {
    bad: '$ sed -i s/one/two/ c1.yaml',
    good: '$ kubectl get pod',
  },
  find({ traces }) {
    const told = new Set<string>();
    return traces.flatMap(({ events }) =>
      events.flatMap(event => {
        if (event.kind !== 'call' || !isBeyond(event)) return [];
        const { page } = event.origin;
        const name = event.program.text;
        const key = `${page.source.file}\n${name}`;
        if (told.has(key)) return [];
        told.add(key);
        return [
          {
            page,
            span: event.program.span,
            message: `${name} is not carried out by guide plan and run --guide.`,
            wouldHappen: 'Nothing to a reader; guide plan and run --guide refuse the page here.',
          },
        ];
      }),
    );
  },
};

/** Words that look like no program are told by other rules, or are what a page shows as output. */
const PROGRAM = /^(?:[a-z][a-z0-9_+-]*|\.|(?:\.{1,2}|~|samples|bin|tools)?\/\w\S*|\S+\.sh)$/;

function isBeyond(call: CallEvent): boolean {
  const { text, isExact } = call.program;
  return isExact && PROGRAM.test(text) && toolOf(text) === undefined && !isIdle(call) && !isMisspelt(text);
}
