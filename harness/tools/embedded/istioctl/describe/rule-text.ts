/** What `istioctl x describe` says of a DestinationRule. istioctl/pkg/describe/describe.go @1.30.3 */

import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { includesLabels } from '../../../../base/labels.ts';
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { type Labels, shownName } from './objects.ts';

/** The subsets of a rule in which some pod is, and the others. */
export interface Subsets {
  readonly matching: readonly string[];
  readonly others: readonly string[];
}

/** Blanks before a line, and before what is below it. */
const DEEPER = '   ';

/** Returns the subsets of a DestinationRule. @param pods - their labels */
export function subsetsOf(rule: KubernetesObject, pods: readonly Labels[]): Subsets {
  const matching: string[] = [];
  const others: string[] = [];
  for (const subset of trees(tree(rule['spec'])['subsets'])) {
    const labels = tree(subset['labels']) as Labels; // of a DestinationRule
    const isIn = pods.some(pod => includesLabels(pod, labels));
    (isIn ? matching : others).push(String(subset['name'] ?? ''));
  }
  return { matching, others };
}

/**
 * Describes a DestinationRule.
 * @param indent - blanks before each line
 * @param pods - labels of the pods that are described
 * @param at - the namespace that is described
 */
export function* destinationRuleLines(
  rule: KubernetesObject,
  pods: readonly Labels[],
  { indent, at }: { readonly indent: string; readonly at: string },
): Generator<string> {
  const spec = tree(rule['spec']);
  const below = `${indent}${DEEPER}`;
  yield `${indent}DestinationRule: ${shownName(rule.metadata, at)} for ${JSON.stringify(spec['host'] ?? '')}`;
  const { matching, others } = subsetsOf(rule, pods);
  if (matching.length + others.length > 0) {
    if (matching.length === 0)
      yield `${below}WARNING POD DOES NOT MATCH ANY SUBSETS.  (Non matching subsets ${others.join(',')})`;
    yield `${below}Matching subsets: ${matching.join(',')}`;
    if (others.length > 0) yield `${below}${DEEPER}(Non-matching subsets ${others.join(',')})`;
  }
  const policy = spec['trafficPolicy'];
  if (policy === undefined || policy === null) {
    yield `${below}No Traffic Policy`;
    return;
  }
  yield* policyLines(tree(policy), below);
}

function* policyLines(policy: Tree, below: string): Generator<string> {
  if (policy['tls']) yield `${below}Traffic Policy TLS Mode: ${modeOf(policy)}`;
  const common = shortPolicies(policy);
  if (common !== undefined) yield `${below}${common}`;
  const ports = trees(policy['portLevelSettings']);
  if (ports.length > 0) yield `${below}Port Level Settings:`;
  for (const port of ports) {
    yield `    ${String(tree(port['port'])['number'] ?? 0)}:`;
    if (port['tls']) yield `${below}${DEEPER}TLS Mode: ${modeOf(port)}`;
    const own = shortPolicies(port);
    if (own !== undefined) yield `${below}${DEEPER}${own}`;
  }
}

const modeOf = (policy: Tree): string => String(tree(policy['tls'])['mode'] ?? 'DISABLE');

function shortPolicies(policy: Tree): string | undefined {
  const given = [
    ...(policy['loadBalancer'] ? ['load balancer'] : []),
    ...(policy['connectionPool'] ? ['connection pool'] : []),
    ...(policy['outlierDetection'] ? ['outlier detection'] : []),
  ];
  return given.length === 0 ? undefined : `Policies: ${given.join('/')}`;
}
