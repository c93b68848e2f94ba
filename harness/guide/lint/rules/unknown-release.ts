/** Rule: helm is to delete what the guide has installed under another name. */
import { contextOf } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { callsOf, flagValue, type ToolCall } from '../words.ts';

/** The rule `unknown-release`. */
export const unknownRelease: Rule = {
  id: 'unknown-release',
  severity: 'error',
  sentence: 'helm is to delete what the guide has installed under another name.',
  because:
    'helm uninstall fails for a release that is not there: "release: not found" (helm/helm ' +
    'pkg/action/uninstall.go). A guide that installs releases into a namespace of a cluster, and takes ' +
    'others away there, has mistaken a name.',
  example: {
    bad: '$ helm install istiod istio/istiod -n mesh --create-namespace\n$ helm delete istiod-remote -n mesh',
    good: '$ helm install istiod istio/istiod -n mesh --create-namespace\n$ helm delete istiod -n mesh',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      if (call.tool !== 'helm' || call.command !== 'uninstall') return [];
      const installed = callsOf(trace, input.edition)
        .filter(({ tool, command, at }) => tool === 'helm' && INSTALLS.test(command) && at < call.at)
        .filter(each => placeOf(each) === placeOf(call))
        .flatMap(({ operands }) => operands.slice(0, 1));
      if (installed.length === 0 || installed.some(({ isExact }) => !isExact)) return [];
      const names = [...new Set(installed.map(({ text }) => text))];
      return call.operands
        .filter(({ text, isExact }) => isExact && !names.includes(text))
        .map(({ text, span }) => ({
          span,
          message: `The guide installs no release ${text} here; it installs ${names.join(' and ')}.`,
          wouldHappen: `helm finds no release ${text}, and fails; what was installed stays.`,
        }));
    }),
};

const INSTALLS = /^(?:install|upgrade)$/;

/** The cluster and namespace that a call acts in. */
const placeOf = (call: ToolCall): string =>
  `${contextOf(call) ?? ''} ${flagValue(call, 'namespace')?.text ?? ''}`;
