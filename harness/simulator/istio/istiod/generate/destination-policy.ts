/** What DestinationRules say about a host: which rule holds, its subsets, and the settings for each port. */
import { hostCovers, type PushContext } from '../mesh/push-context.ts';
import type { DestinationRuleConfig, TrafficPolicy } from '../model/istio-config.ts';

const EMPTY_POLICY: TrafficPolicy = {
  tlsMode: undefined,
  loadBalancer: undefined,
  connectTimeoutMs: undefined,
};

/** Finds the rule for a host: the exact one, or the first that covers it. */
export function ruleFor({ config }: PushContext, hostname: string): DestinationRuleConfig | undefined {
  return (
    config.destinationRules.find(({ host }) => host === hostname) ??
    config.destinationRules.find(({ host }) => host.startsWith('*') && hostCovers(host, hostname))
  );
}

/**
 * Merges the settings for a port, field by field: the subset's win over the port's, and these over the
 * host's.
 */
export function policyFor(
  rule: DestinationRuleConfig | undefined,
  port: number,
  subset: TrafficPolicy | undefined,
): TrafficPolicy {
  const layers = [subset, rule?.portPolicies.get(port), rule?.policy].filter(layer => layer !== undefined);
  return layers.reduceRight<TrafficPolicy>(
    (below, layer) => ({
      tlsMode: layer.tlsMode ?? below.tlsMode,
      loadBalancer: layer.loadBalancer ?? below.loadBalancer,
      connectTimeoutMs: layer.connectTimeoutMs ?? below.connectTimeoutMs,
    }),
    EMPTY_POLICY,
  );
}

/** Returns the subsets of a rule, after one without a name that stands for the whole host. */
export const subsetsOf = (rule: DestinationRuleConfig | undefined) => [
  { name: '', labels: {} as Readonly<Record<string, string>>, policy: undefined },
  ...(rule?.subsets ?? []),
];
