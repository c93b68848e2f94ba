/** Rule: a jsonpath has a brace or a bracket that is not closed. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';

/** The rule `open-jsonpath`. */
export const openJsonpath: Rule = {
  id: 'open-jsonpath',
  severity: 'error',
  sentence: 'A jsonpath has a brace or a bracket that is not closed.',
  because:
    'kubectl parses the expression before it asks for anything, and refuses it: "unclosed action" ' +
    '(kubernetes/client-go util/jsonpath/parser.go).',
  example: {
    bad: "$ kubectl get pod -o jsonpath='{.items[0].metadata.name'",
    good: "$ kubectl get pod -o jsonpath='{.items[0].metadata.name}'",
  },
  find: input =>
    findInCalls(input, ({ tool, flags }) => {
      if (tool !== 'kubectl') return [];
      return flags.flatMap(({ value }) => {
        const path = /^jsonpath(?:-as-json)?=(.*)$/s.exec(value?.text ?? '')?.[1];
        if (path === undefined || !value?.isExact || isClosed(path)) return [];
        return [
          {
            span: value.span,
            message: `The jsonpath ${path} has a bracket that is not closed.`,
            wouldHappen: 'kubectl refuses it: error parsing jsonpath … unclosed.',
          },
        ];
      });
    }),
};

/** Tells whether brackets are closed in turn; what stands in quotes does not count. */
function isClosed(path: string): boolean {
  const open: string[] = [];
  for (const char of path.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\./g, '')) {
    if (char === '{') open.push('}');
    else if (char === '[') open.push(']');
    else if (char === '(') open.push(')');
    else if ('}])'.includes(char) && open.pop() !== char) return false;
  }
  return open.length === 0;
}
