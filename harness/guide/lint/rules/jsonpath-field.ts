/** Rule: a jsonpath names a field in letters of the wrong case. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { flagValue } from '../words.ts';

/** Fields that guides ask for and that are written in two cases. kubernetes/api core/v1, apps/v1 */
const FIELDS = [
  ...['loadBalancer', 'clusterIP', 'clusterIPs', 'externalIPs', 'nodePort', 'targetPort', 'containerPort'],
  ...[
    'podIP',
    'hostIP',
    'nodeName',
    'ownerReferences',
    'creationTimestamp',
    'resourceVersion',
    'matchLabels',
  ],
  ...[
    'containerStatuses',
    'restartCount',
    'availableReplicas',
    'readyReplicas',
    'imagePullSecrets',
    'caBundle',
  ],
  ...[
    'serviceAccountName',
    'clientConfig',
    'metadata',
    'status',
    'ingress',
    'hostname',
    'items',
    'name',
    'spec',
  ],
];
const BY_LOWER = new Map(FIELDS.map(field => [field.toLowerCase(), field]));

/** The rule `jsonpath-field`. */
export const jsonpathField: Rule = {
  id: 'jsonpath-field',
  severity: 'error',
  sentence: 'A jsonpath names a field in letters of the wrong case.',
  because:
    'Names of fields are told apart by case. kubectl prints nothing for a field that is not there, ' +
    'and succeeds (kubernetes/client-go util/jsonpath, AllowMissingKeys).',
  example: {
    bad: "$ kubectl get svc gw -o jsonpath='{.status.loadbalancer.ingress[0].ip}'",
    good: "$ kubectl get svc gw -o jsonpath='{.status.loadBalancer.ingress[0].ip}'",
  },
  find: input =>
    findInCalls(input, call => {
      const words = [flagValue(call, 'output'), flagValue(call, 'for')];
      if (call.tool !== 'kubectl') return [];
      return words.flatMap(word => {
        if (!word || !/^(jsonpath|go-template|custom-columns)/.test(word.text)) return [];
        const wrong = [...word.text.matchAll(/\.([A-Za-z]+)/g)].find(([, field = '']) => {
          const right = BY_LOWER.get(field.toLowerCase());
          return right !== undefined && right !== field;
        })?.[1];
        if (wrong === undefined) return [];
        return [
          {
            span: word.span,
            message: `There is no field ${wrong}; it is called ${BY_LOWER.get(wrong.toLowerCase())}.`,
            wouldHappen: 'kubectl prints nothing, and succeeds: what takes the value has none.',
          },
        ];
      });
    }),
};
