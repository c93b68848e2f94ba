/** What DestinationRules say about a host: which rule holds, its subsets, and the settings for each port. */
import { mostSpecific } from '../mesh/host-names.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { DestinationRuleConfig, TrafficPolicy } from '../model/istio-config.ts';
import { isExportedTo } from '../model/visibility.ts';

const EMPTY_POLICY: TrafficPolicy = {
  tlsMode: undefined,
  loadBalancer: undefined,
  connectTimeoutMs: undefined,
};

/**
 * Finds the rule for a host: the exact one, or the one that covers it most closely. Where namespaces matter,
 * rules of the caller's win over exported ones of the service's, and these over those of the root namespace
 * (push_context.go @1.30.3, destinationRule).
 */
export function ruleFor(context: PushContext, hostname: string): DestinationRuleConfig | undefined {
  const { config, scope, state, systemNamespace } = context;
  if (!scope || config.destinationRules.length === 0) return mostSpecific(config.destinationRules, hostname);
  const caller = scope.namespace;
  const defaults = state.mesh.exportDefaults.destinationRules;
  const seen = config.destinationRules.filter(rule => isExportedTo(rule, defaults, caller));
  const ruleOf = (namespace: string | undefined) =>
    mostSpecific(
      seen.filter(rule => rule.namespace === namespace),
      hostname,
    );
  return (
    (caller === systemNamespace ? undefined : ruleOf(caller)) ??
    ruleOf(state.service(hostname)?.namespace) ??
    ruleOf(systemNamespace)
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
