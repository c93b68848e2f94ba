/**
 * Whether a node is one that a pod or a volume may have: by affinity, selector and taints
 * (k8s.io/component-helpers scheduling/corev1 @v0.34: nodeaffinity, helpers.go). Pure.
 */
import { includesLabels, meetsRequirement } from '../../../base/labels.ts';
import type { Node, NodeRequirement, NodeTerm, PodSpec } from '../client/kinds.ts';

/** A taint of a node, or what a pod says of taints. */
export type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

function meets(requirement: NodeRequirement, value: string | undefined): boolean {
  const [limit] = requirement.values ?? [];
  switch (requirement.operator) {
    case 'Gt':
      return value !== undefined && Number(value) > Number(limit);
    case 'Lt':
      return value !== undefined && Number(value) < Number(limit);
    default:
      return meetsRequirement(requirement, value);
  }
}

/** Tells whether a node meets one of the terms; a term without conditions is met by none. */
export function matchesTerms({ metadata }: Node, terms: readonly NodeTerm[]): boolean {
  return terms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every(requirement => meets(requirement, metadata.labels?.[requirement.key])) &&
      matchFields.every(
        requirement => requirement.key === 'metadata.name' && meets(requirement, metadata.name),
      )
    );
  });
}

/** Tells whether a pod may run on a node by its selector and its required affinity. */
export function matchesAffinity({ nodeSelector = {}, affinity }: PodSpec, node: Node): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    includesLabels(node.metadata.labels, nodeSelector) &&
    (required === undefined || matchesTerms(node, required.nodeSelectorTerms))
  );
}

/** Tells whether a pod puts up with a taint. */
export const tolerates = ({ tolerations = [] }: PodSpec, taint: Taint): boolean =>
  tolerations.some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (key !== '' && key !== taint.key) return false;
    return operator === 'Exists' || (key !== '' && operator === 'Equal' && value === (taint.value ?? ''));
  });

/** Finds the first taint of these effects that a pod does not put up with. */
export const untolerated = (pod: PodSpec, { spec }: Node, effects: readonly string[]): Taint | undefined =>
  spec?.taints?.find(taint => effects.includes(taint.effect) && !tolerates(pod, taint));
