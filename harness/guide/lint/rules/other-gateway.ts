/** Rule: the text speaks of one gateway, and the command below of another. */
import { findInCalls } from '../each-call.ts';
import { proseBefore } from '../prose-near.ts';
import type { Rule } from '../rule.ts';

const GATEWAYS: Readonly<Record<string, string>> = {
  'istio-ingressgateway': 'ingress gateway',
  'istio-egressgateway': 'egress gateway',
  'istio-eastwestgateway': 'east-west gateway',
};

/** The rule `other-gateway`. */
export const otherGateway: Rule = {
  id: 'other-gateway',
  severity: 'warning',
  sentence: 'The text speaks of one gateway, and the command below of another.',
  because:
    'Each gateway has an address and listeners of its own. Whoever takes the text at its word, with a ' +
    'console instead of the command, gets the address of the wrong one.',
  example: {
    bad:
      'Save the address of the ingress gateway.\n\n$ kubectl get svc istio-eastwestgateway -n ' +
      'istio-system',
    good:
      'Save the address of the east-west gateway.\n\n$ kubectl get svc istio-eastwestgateway -n ' +
      'istio-system',
  },
  find: input =>
    findInCalls(input, ({ tool, command, operands, event }) => {
      if (tool !== 'kubectl' || command !== 'get') return [];
      const service = operands.map(({ text }) => text.replace(/^.*\//, '')).find(text => text in GATEWAYS);
      const { page, block } = event.origin;
      const prose = service === undefined ? undefined : proseBefore(page, block);
      if (service === undefined || !prose) return [];
      const named = [
        ...page.source.text
          .slice(prose.span.start, prose.span.end)
          .matchAll(/\b(ingress|egress|east-?west) gateway\b/gi),
      ];
      const right = GATEWAYS[service] ?? '';
      const [only] = named;
      if (!only || named.length > 1 || normal(only[0]) === normal(right)) return [];
      const start = prose.span.start + only.index;
      return [
        {
          span: { start, end: start + only[0].length },
          message: `The text speaks of the ${only[0]}, and the command asks for ${service}.`,
          wouldHappen: `Whoever takes the address of the ${only[0]} finds other listeners behind it.`,
          fix: {
            description: `Write: ${right}`,
            edits: [{ start, end: start + only[0].length, text: right }],
            isSafe: true,
          },
        },
      ];
    }),
};

const normal = (name: string): string => name.toLowerCase().replace('-', '');
