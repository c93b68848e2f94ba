/**
 * The rules of aggregated ClusterRoles: those of the roles that their selectors find
 * (pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go @v1.34). Pure.
 */
import { equal, type JsonObject, type KubernetesObject, objectOf, objectsOf } from './json.ts';
import { matchesLabels, selectorFromObject } from './selectors/label-selector.ts';

/** Tells whether a ClusterRole gets its rules from others. */
export const isAggregated = (role: KubernetesObject): boolean => role['aggregationRule'] !== undefined;

/**
 * Returns the rules that an aggregated role has: selector by selector, for each by the names of the roles.
 * @param roles - all ClusterRoles, in the order of their names; the role itself does not count
 */
export function aggregatedRules(
  role: KubernetesObject,
  roles: readonly KubernetesObject[],
): readonly JsonObject[] {
  const rules: JsonObject[] = [];
  for (const each of objectsOf(objectOf(role['aggregationRule'])['clusterRoleSelectors'])) {
    const selector = selectorFromObject(each);
    if (!selector) continue;
    for (const other of roles) {
      if (other.metadata.name === role.metadata.name || !matchesLabels(selector, other.metadata.labels)) {
        continue;
      }
      for (const rule of objectsOf(other['rules'])) {
        if (!rules.some(known => equal(known, rule))) rules.push(rule);
      }
    }
  }
  return rules;
}
