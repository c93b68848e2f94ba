/** Rule: curl draws its progress meter, as it does not write to a terminal. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';

/** The rule `progress-meter`. */
export const progressMeter: Rule = {
  id: 'progress-meter',
  severity: 'note',
  sentence: 'curl draws its progress meter, as it does not write to a terminal.',
  because:
    'curl shows its meter whenever its output goes to a file or a pipe (curl manual, "Progress Meter"), ' +
    'as through kubectl exec without -t. -sS leaves the meter out and errors in.',
  example: {
    bad: '$ kubectl exec -c web web-0 -- curl web.shop:5000/hello',
    good: '$ kubectl exec -c web web-0 -- curl -sS web.shop:5000/hello',
  },
  find: input =>
    findInCalls(input, ({ tool, command, rest, flags, event }) => {
      if (tool !== 'kubectl' || command !== 'exec' || flags.some(({ name }) => name === 'tty')) return [];
      if (event.output.to !== 'terminal') return [];
      const [program, ...args] = rest;
      if (program?.text !== 'curl') return [];
      if (args.some(({ text }) => /^-[a-zA-Z]*[s#]|^--(silent|no-progress-meter|progress-bar)$/.test(text)))
        return [];
      return [
        {
          span: program.span,
          message: 'curl draws its progress meter here, through kubectl exec.',
          wouldHappen: 'The meter stands between the lines of the answer.',
          fix: {
            description: 'Leave the meter out: curl -sS',
            edits: [{ start: program.span.end, end: program.span.end, text: ' -sS' }],
            isSafe: true,
          },
        },
      ];
    }),
};
