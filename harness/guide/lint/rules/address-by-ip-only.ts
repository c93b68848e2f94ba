/** Rule: only the IP address of a load balancer is read; some have a host name instead. */
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { flagValue } from '../words.ts';
import { addressRead } from './address-not-awaited.ts';

/** The rule `address-by-ip-only`. */
export const addressByIpOnly: Rule = {
  id: 'address-by-ip-only',
  severity: 'note',
  sentence: 'Only the IP address of a load balancer is read; some have a host name instead.',
  because:
    'A controller writes ip or hostname (kubernetes/api core/v1 LoadBalancerIngress); load balancers of ' +
    'AWS have a host name.',
  example: {
    bad: "$ export A=$(kubectl get svc gw -o jsonpath='{.status.loadBalancer.ingress[0].ip}')",
    good:
      '$ export A=$(kubectl get svc gw -o ' +
      "jsonpath='{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}')",
  },
  find: input =>
    findInCalls(input, call => {
      const output = flagValue(call, 'output');
      const read = addressRead(call);
      if (!read || !output || call.event.output.to !== 'variable') return [];
      if (!/\.ip\b/.test(output.text) || /hostname/.test(output.text)) return [];
      return [
        {
          span: output.span,
          message: `The address of ${read.service} is read as an IP address only.`,
          wouldHappen: `On a load balancer that has a host name ${call.event.output.name} stays empty.`,
        },
      ];
    }),
};
