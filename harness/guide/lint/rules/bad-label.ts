/** Rule: kubectl label is given a word that is no label, or a label of Istio with a slip in its key. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { hasFlag, type ToolCall } from '../words.ts';

/** Labels that Istio reads from objects that exist already. istio/api label/labels.gen.go */
const KEYS = [
  ...['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode', 'istio.io/use-waypoint'],
  ...[
    'istio.io/global',
    'istio.io/ingress-use-waypoint',
    'topology.istio.io/network',
    'topology.istio.io/cluster',
  ],
  ...['topology.istio.io/subzone', 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone'],
];

/** The rule `bad-label`. */
export const badLabel: Rule = {
  id: 'bad-label',
  severity: 'error',
  sentence: 'kubectl label is given a word that is no label, or a key of Istio with a slip in it.',
  because:
    'A label is set by KEY=VALUE and removed by KEY-. A key that nobody reads is set without a ' +
    'complaint, and does nothing (kubernetes/kubectl pkg/cmd/label; istio/api label/labels.gen.go).',
  example: {
    bad: '$ kubectl label namespace shop istio-injecton=enabled',
    good: '$ kubectl label namespace shop istio-injection=enabled',
  },
  find: input => findInCalls(input, findIn),
};

function findIn(call: ToolCall): readonly Omit<RuleFinding, 'page'>[] {
  const { tool, command, operands } = call;
  if (tool !== 'kubectl' || !/^(label|annotate)$/.test(command)) return [];
  const skipped = hasFlag(call, 'all', 'filename', 'selector') || operands[0]?.text.includes('/') ? 1 : 2;
  return operands.slice(skipped).flatMap(({ text, span, isExact }) => {
    if (!isExact || text === '') return [];
    const [, key] = /^([\w./-]+?)(?:=.*|-)$/s.exec(text) ?? [];
    if (key === undefined)
      return skipped === 2 && /^[\w./:-]+$/.test(text)
        ? [{ span, message: `${text} is no label: one is set by KEY=VALUE.`, wouldHappen: REFUSED }]
        : [];
    const near = command === 'label' && !KEYS.includes(key) ? nearestOf(key) : undefined;
    if (near === undefined) return [];
    return [
      {
        span,
        message: `Nothing reads the label ${key}. ${near}`,
        wouldHappen: 'The label is set without a complaint, and does nothing.',
      },
    ];
  });
}

const REFUSED =
  'kubectl refuses the command: at least one label update is required, or all resources must be specified.';

/** A slip leaves the length nearly as it was, and the name of the domain. */
function nearestOf(key: string): string | undefined {
  const near = KEYS.filter(known => Math.abs(known.length - key.length) <= 2 && known !== key);
  const slips = near.filter(known => differences(known, key) <= 2);
  return didYouMean(key, slips);
}

/** Counts the letters between the longest common beginning and end. */
function differences(one: string, other: string): number {
  let head = 0;
  while (head < Math.min(one.length, other.length) && one[head] === other[head]) head += 1;
  let tail = 0;
  const most = Math.min(one.length, other.length) - head;
  while (tail < most && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  return Math.max(one.length, other.length) - head - tail;
}
