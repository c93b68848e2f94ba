/** Rule: a namespace is named almost like one that the guide has made. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { findInCalls } from '../each-call.ts';
import { keptByEdition } from '../kept.ts';
import type { Rule } from '../rule.ts';
import { callsOf, flagValue, type ToolCall } from '../words.ts';
import { madeBy } from './namespace-too-early.ts';

/** The rule `misspelt-namespace`. */
export const misspeltNamespace: Rule = {
  id: 'misspelt-namespace',
  severity: 'error',
  sentence: 'A namespace is named almost like one that the guide has made, and there is none of this name.',
  because: 'Names are told apart letter by letter: the API server answers NotFound, and nothing is deleted.',
  example: {
    bad: '$ kubectl create namespace shop\n$ kubectl delete namespace shops',
    good: '$ kubectl create namespace shop\n$ kubectl delete namespace shop',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      if (call.tool !== 'kubectl' && call.tool !== 'helm') return [];
      const made = namespacesMade(trace, input.edition);
      if (made.size === 0 || made.size > MOST_MADE) return [];
      return namespacesOf(call).flatMap(({ text, span, isExact }) => {
        if (made.has(text) || !isExact || OF_EVERY_CLUSTER.has(text)) return [];
        const meant = didYouMean(
          text,
          [...made].filter(name => isSlip(text, name)),
        );
        if (meant === undefined) return [];
        return [
          {
            span,
            message: `The guide has made no namespace ${text}. ${meant}`,
            wouldHappen: `Error from server (NotFound): namespaces "${text}" not found.`,
          },
        ];
      });
    }),
};

const MOST_MADE = 100;
const OF_EVERY_CLUSTER: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

const namespacesMade = keptByEdition(
  (trace, edition): ReadonlySet<string> =>
    new Set(callsOf(trace, edition).flatMap(call => madeBy(call, trace).map(({ namespace }) => namespace))),
);

/** Names that differ in a number, or in a word behind a dash, are meant to differ. */
const isSlip = (text: string, name: string): boolean =>
  Math.abs(text.length - name.length) <= 1 &&
  text.replace(/\d/g, '') !== name.replace(/\d/g, '') &&
  text.split('-').length <= name.split('-').length;

/** The namespaces that a call deletes, or the one that it acts in. */
function namespacesOf(call: ToolCall): ToolCall['operands'] {
  const [kind, ...names] = call.operands;
  const isDelete = call.command === 'delete' && kind && /^(?:ns|namespaces?)$/.test(kind.text);
  const acted = call.command.startsWith('create') ? undefined : flagValue(call, 'namespace');
  return [...(isDelete ? names : []), ...(acted ? [acted] : [])];
}
