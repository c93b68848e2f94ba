/** Rule: kubectl exec is given a command without the dashes that set it apart. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';

/** The rule `exec-without-dashes`. */
export const execWithoutDashes: Rule = {
  id: 'exec-without-dashes',
  severity: 'error',
  sentence: 'kubectl exec is given a command without -- before it.',
  because:
    'kubectl takes the flags of the command for its own; without -- it warned since 1.18 and refuses ' +
    'the command today: exec [POD] [COMMAND] is not supported anymore (kubernetes/kubectl ' +
    'pkg/cmd/exec).',
  example: {
    bad: '$ kubectl exec web-0 curl web.shop:5000/hello',
    good: '$ kubectl exec web-0 -- curl web.shop:5000/hello',
  },
  find: input =>
    findInCalls(input, ({ tool, command, operands, rest }) => {
      const [, program] = operands;
      if (tool !== 'kubectl' || command !== 'exec' || rest.length > 0 || !program) return [];
      return [
        {
          span: program.span,
          ...(input.edition === '1.8' && { severity: 'warning' as const }),
          message: `-- is missing before ${program.text}.`,
          wouldHappen: 'kubectl refuses the command, or takes flags of the program for its own.',
        },
      ];
    }),
};
