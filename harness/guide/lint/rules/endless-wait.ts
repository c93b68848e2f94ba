/** Rule: kubectl waits for a condition that objects of the kind never have. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { flagValue } from '../words.ts';

/** kubernetes/api types.go of apps/v1, batch/v1, core/v1: DeploymentConditionType and its like. */
const CONDITIONS: readonly (readonly [kind: RegExp, conditions: readonly string[]])[] = [
  [/^deploy(?:ments?)?(?:\.apps)?$/, ['available', 'progressing', 'replicafailure']],
  [/^jobs?(?:\.batch)?$/, ['complete', 'failed', 'suspended', 'failuretarget', 'successcriteriamet']],
  [/^(?:daemonsets?|ds|statefulsets?|sts|replicasets?|rs)(?:\.apps)?$/, ['replicafailure']],
];

/** The rule `endless-wait`. */
export const endlessWait: Rule = {
  id: 'endless-wait',
  severity: 'error',
  sentence: 'kubectl waits for a condition that objects of the kind never have.',
  because:
    'kubectl wait looks for the condition by its name, in any case of letters, until its time is over ' +
    '(kubernetes/kubectl pkg/cmd/wait); a Deployment is Available, a pod is Ready.',
  example: {
    bad: '$ kubectl wait --for=condition=Ready deployment/web',
    good: '$ kubectl wait --for=condition=Available deployment/web',
  },
  find: input =>
    findInCalls(input, call => {
      const wanted = flagValue(call, 'for');
      const condition = /^condition=([^=]+)/.exec(wanted?.text ?? '')?.[1];
      if (call.tool !== 'kubectl' || call.command !== 'wait' || condition === undefined || !wanted) return [];
      const kind = call.operands[0]?.text.split('/')[0] ?? '';
      const known = CONDITIONS.find(([pattern]) => pattern.test(kind))?.[1];
      if (!known || !wanted.isExact || known.includes(condition.toLowerCase())) return [];
      return [
        {
          span: wanted.span,
          message: `Objects of the kind ${kind} have no condition ${condition}.`,
          wouldHappen:
            'kubectl waits until its time is over, and ends with: timed out waiting for the condition.',
        },
      ];
    }),
};
