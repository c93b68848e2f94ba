/** Rule: the page shows an output that the command cannot print. */

import type { Span } from '../../source-text.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { columnFacts, printedColumns } from '../tables/tables.ts';
import { flagValue, hasFlag, type ToolCall } from '../words.ts';

/** A header is a line of words in capitals; `PORT(S)` and `CLUSTER-IP` are such words. */
const HEADER = /^NAME(?:SPACE)?(?:\s+[A-Z][A-Z0-9()%/-]*)+\s*$/;

/** The rule `impossible-output`. */
export const impossibleOutput: Rule = {
  id: 'impossible-output',
  severity: 'warning',
  sentence: 'The page shows an output that the command cannot print.',
  because:
    'kubectl get prints the columns of the kind that is asked for, and with -o wide, -A, -L and ' +
    '--show-labels some more (kubernetes/kubernetes pkg/printers/internalversion/printers.go). A reader ' +
    'who sees others thinks that something went wrong.',
  example: {
    bad:
      '$ kubectl get pod -n shop\nNAME      READY   STATUS    RESTARTS   AGE   IP\nweb-abc   1/1     ' +
      'Running   0          5s    10.1.2.3',
    good:
      '$ kubectl get pod -n shop\nNAME      READY   STATUS    RESTARTS   AGE\nweb-abc   1/1     Running   ' +
      '0          5s',
  },
  find: input =>
    findInCalls(input, call => {
      const { tool, command, operands, event } = call;
      const header = event.shown.find(({ text }) => text.trim() !== '');
      if (!header || !HEADER.test(header.text) || event.output.to !== 'terminal') return [];
      if (tool === 'istioctl') return findInTable(call, header, input);
      if (tool !== 'kubectl' || command !== 'get' || !printsTable(call)) return [];
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

/** Of istioctl a few commands are known, without flags that change what they print. */
function findInTable(
  { command, flags, operands }: ToolCall,
  { text, span }: { readonly text: string; readonly span: Span },
  { edition }: RuleInput,
): readonly Omit<RuleFinding, 'page'>[] {
  const known = printedColumns('istioctl', command, edition);
  const isPlain = operands.length === 0 && flags.every(({ name }) => PLAIN.has(name));
  const columns = splitHeader(text).join(' ');
  if (!isPlain || known.length === 0 || known.some(each => each.join(' ') === columns)) return [];
  return [
    {
      span,
      message: `istioctl ${command} cannot print these columns; it prints ${known.at(-1)?.join(' ')}.`,
      wouldHappen: 'The reader sees another table than the page shows.',
    },
  ];
}

/** Flags that say where to ask, and change nothing of what is printed. */
const PLAIN: ReadonlySet<string> = new Set(['context', 'kubeconfig', 'istioNamespace', 'namespace']);

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
