/** DestinationRules of one namespace for one host count as one. */
import type { DestinationRuleConfig } from './istio-config.ts';

/**
 * Makes one rule of those for one host in one namespace: the oldest one's settings, and the subsets of all
 * (pilot/pkg/model/destination_rule.go @1.30.3, mergeDestinationRule).
 * @param rules - the oldest first
 */
export function mergedRules(rules: readonly DestinationRuleConfig[]): readonly DestinationRuleConfig[] {
  const merged = new Map<string, DestinationRuleConfig>();
  for (const rule of rules) {
    const { namespace, host, exportTo, selector } = rule;
    const key = JSON.stringify([namespace, host, [...exportTo].sort(), selector]);
    const before = merged.get(key);
    const more = rule.subsets.filter(({ name }) => !before?.subsets.some(subset => subset.name === name));
    const settings = !before || (saysNothing(before) && !saysNothing(rule)) ? rule : before;
    merged.set(key, { ...settings, subsets: [...(before?.subsets ?? []), ...more] });
  }
  return [...merged.values()];
}

/** Whether a rule has no settings but those of its subsets. */
export const saysNothing = ({ policy, portPolicies }: DestinationRuleConfig): boolean =>
  Object.values(policy).every(value => value === undefined) && Object.keys(portPolicies).length === 0;
