/** Rule: a label for the injection of sidecars has a value that nothing heeds. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';

const VALUES: ReadonlySet<string> = new Set(['enabled', 'disabled']);

/** The rule `unheeded-label`. */
export const unheededLabel: Rule = {
  id: 'unheeded-label',
  severity: 'error',
  sentence: 'A label for the injection of sidecars has a value that nothing heeds.',
  because:
    'The webhooks of istiod select namespaces by istio-injection=enabled, and leave those with disabled ' +
    'alone (istio/istio manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml).',
  example: {
    bad: '$ kubectl label namespace shop istio-injection=true',
    good: '$ kubectl label namespace shop istio-injection=enabled',
  },
  find: input =>
    findInCalls(input, ({ tool, command, operands }) => {
      if (tool !== 'kubectl' || command !== 'label' || !/^(ns|namespaces?)\b/.test(operands[0]?.text ?? ''))
        return [];
      return operands.flatMap(({ text, span, isExact }) => {
        const value = /^istio-injection=(.*)$/.exec(text)?.[1];
        if (value === undefined || !isExact || VALUES.has(value)) return [];
        return [
          {
            span,
            message: `istio-injection=${value} means nothing; it is enabled or disabled.`,
            wouldHappen: 'Pods of the namespace get no sidecar, and nothing says why.',
          },
        ];
      });
    }),
};
