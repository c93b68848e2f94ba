/** Rule: helm is asked for a chart that Istio's repository does not have. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';

/** The charts that there are or were. istio/istio manifests/charts @1.30.3 */
const CHARTS = ['base', 'istiod', 'gateway', 'cni', 'ztunnel', 'ambient', 'istiod-remote'];

/** The rule `unknown-chart`. */
export const unknownChart: Rule = {
  id: 'unknown-chart',
  severity: 'error',
  sentence: "helm is asked for a chart that Istio's repository does not have.",
  because: 'helm answers: chart "…" not found in the repository, and installs nothing.',
  example: {
    bad: '$ helm install istio-base istio/bas -n istio-system',
    good: '$ helm install istio-base istio/base -n istio-system',
  },
  find: input =>
    findInCalls(input, ({ tool, command, operands }) => {
      if (tool !== 'helm' || !/^(install|upgrade|template|show .*|pull)$/.test(command)) return [];
      return operands.flatMap(({ text, span, isExact }) => {
        const name = /^istio\/([\w-]+)$/.exec(text)?.[1];
        if (name === undefined || !isExact || CHARTS.includes(name)) return [];
        const meant = didYouMean(name, CHARTS);
        if (meant === undefined) return [];
        return [
          {
            span,
            message: `The repository has no chart ${name}. ${meant}`,
            wouldHappen: `helm answers: chart "${name}" not found, and installs nothing.`,
          },
        ];
      });
    }),
};
