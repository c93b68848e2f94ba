/** Rule: a namespace is to be deleted that is called almost like one that the guide has made. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { contextOf } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { callsOf, type ToolCall } from '../words.ts';

/** The rule `misspelt-namespace`. */
export const misspeltNamespace: Rule = {
  id: 'misspelt-namespace',
  severity: 'error',
  sentence: 'A namespace is to be deleted that is called almost like one that the guide has made.',
  because: 'kubectl delete fails for what is not there, and what the guide has made stays.',
  example: {
    bad: '$ kubectl create namespace shop\n$ kubectl delete namespace shops',
    good: '$ kubectl create namespace shop\n$ kubectl delete namespace shop',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      if (call.tool !== 'kubectl' || call.command !== 'delete') return [];
      const made = callsOf(trace, input.edition)
        .filter(({ at, command }) => at < call.at && /^create (?:ns|namespace)$/.test(command))
        .filter(each => contextOf(each) === contextOf(call))
        .flatMap(({ operands }) => operands.map(({ text }) => text));
      if (made.length === 0) return [];
      return namespacesOf(call).flatMap(({ text, span, isExact }) => {
        const meant = made.includes(text) || !isExact ? undefined : didYouMean(text, made);
        if (meant === undefined) return [];
        return [
          {
            span,
            message: `The guide has made no namespace ${text}. ${meant}`,
            wouldHappen: `Error from server (NotFound): namespaces "${text}" not found; the other one stays.`,
          },
        ];
      });
    }),
};

/** The namespaces that `kubectl delete namespace NAME…` names. */
const namespacesOf = ({ operands: [kind, ...names] }: ToolCall): ToolCall['operands'] =>
  kind && /^(?:ns|namespaces?)$/.test(kind.text) ? names : [];
