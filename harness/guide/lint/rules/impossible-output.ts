/** Rule: the page shows an output that the command cannot print. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { columnFacts } from '../tables/tables.ts';
import { flagValue, hasFlag, type ToolCall } from '../words.ts';

/** A header is a line of words in capitals; `PORT(S)` and `CLUSTER-IP` are such words. */
const HEADER = /^NAME(?:SPACE)?(?:\s+[A-Z][A-Z0-9()%/-]*)+\s*$/;

export const impossibleOutput: Rule = {
  id: 'impossible-output',
  severity: 'warning',
  sentence: 'The page shows an output that the command cannot print.',
  because:
    'kubectl get prints the columns of the kind that is asked for, and with -o wide, -A, -L and --show-labels some more (kubernetes/kubernetes pkg/printers/internalversion/printers.go). A reader who sees others thinks that something went wrong.',
  example: {
    bad: '$ kubectl get pod -n shop\nNAME      READY   STATUS    RESTARTS   AGE   IP\nweb-abc   1/1     Running   0          5s    10.1.2.3',
    good: '$ kubectl get pod -n shop\nNAME      READY   STATUS    RESTARTS   AGE\nweb-abc   1/1     Running   0          5s',
  },
  find: input =>
    findInCalls(input, call => {
      const { tool, command, operands, event } = call;
      const header = event.shown.find(({ text }) => text.trim() !== '');
      if (tool !== 'kubectl' || command !== 'get' || !header || !HEADER.test(header.text)) return [];
      if (event.output.to !== 'terminal' || !printsTable(call)) return [];
      const [kinds] = operands;
      // Several kinds are printed as several tables, with kinds in their names.
      if (
        !kinds ||
        /[,/]/.test(kinds.text) ||
        kinds.text === 'all' ||
        hasFlag(call, 'label-columns', 'show-kind')
      )
        return [];
      const facts = columnFacts(kinds.text, input.edition);
      if (facts.length === 0) return [];
      const columns = splitHeader(header.text);
      const isPossible = facts.some(({ headers, wide }) =>
        headers.some(each => fits(columns, [...each], { call, wide })),
      );
      if (isPossible) return [];
      const known = facts[0]?.headers.at(-1)?.join(' ') ?? '';
      return [
        {
          span: header.span,
          message: `kubectl get ${kinds.text} cannot print these columns; it prints ${known}.`,
          wouldHappen: 'The reader sees another table than the page shows.',
        },
      ];
    }),
};

/** Tells whether the columns of a kind are printed at all. */
function printsTable(call: ToolCall): boolean {
  const output = flagValue(call, 'output')?.text;
  return (output === undefined || output === 'wide') && !hasFlag(call, 'watch', 'watch-only', 'template');
}

/** Some columns have a blank in their name: `NOMINATED NODE`. */
const splitHeader = (text: string): readonly string[] =>
  text.trim().split(/\s{2,}|\t+|(?<=\S)\s(?=[A-Z]+\b)/);

function fits(
  columns: readonly string[],
  header: readonly string[],
  { call, wide }: { readonly call: ToolCall; readonly wide: readonly string[] },
): boolean {
  const all = [
    ...(hasFlag(call, 'all-namespaces') ? ['NAMESPACE'] : []),
    ...header,
    ...(flagValue(call, 'output')?.text === 'wide' ? wide : []),
    ...(hasFlag(call, 'show-labels') ? ['LABELS'] : []),
  ];
  const joined = (names: readonly string[]) => names.join(' ').split(/\s+/).join(' ');
  return joined(columns) === joined(all);
}
