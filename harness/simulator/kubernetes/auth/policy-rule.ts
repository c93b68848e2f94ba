/** A rule of a role in short, and the PolicyRule of RBAC that it stands for. */

/** What one rule allows. PolicyRule lacks the fields that are absent here. */
export interface RuleData {
  readonly groups?: readonly string[];
  readonly resources?: readonly string[];
  readonly urls?: readonly string[];
  readonly verbs: readonly string[];
}

/** Spells a rule as a PolicyRule (k8s.io/api rbac/v1). */
export const policyRule = ({ groups, resources, urls, verbs }: RuleData) => ({
  ...(groups && { apiGroups: groups }),
  ...(resources && { resources }),
  ...(urls && { nonResourceURLs: urls }),
  verbs,
});
