/** What DestinationRules say about a host: which rule holds, its subsets, and the settings for each port. */
import { mostSpecific } from '../mesh/host-names.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { DestinationRuleConfig } from '../model/istio-config.ts';
import type { TrafficBlocks } from '../model/traffic-policy.ts';
import { isExportedTo } from '../model/visibility.ts';

const NO_POLICY: TrafficBlocks = {
  tlsMode: undefined,
  loadBalancer: undefined,
  pool: undefined,
  outlier: undefined,
};

/**
 * Finds the rule for a host: the exact one, or the one that covers it most closely. Rules of the caller's
 * namespace win over exported ones of the service's, and these over those of the root namespace
 * (push_context.go @1.30.3, destinationRule). Without a scope no caller has rules for others' hosts.
 */
export function ruleFor(context: PushContext, hostname: string): DestinationRuleConfig | undefined {
  const { config, scope, state, systemNamespace } = context;
  if (config.destinationRules.length === 0) return undefined;
  const caller = scope?.namespace;
  const defaults = state.mesh.exportDefaults.destinationRules;
  const seen =
    caller === undefined
      ? config.destinationRules
      : config.destinationRules.filter(rule => isExportedTo(rule, defaults, caller));
  const ruleOf = (namespace: string | undefined) =>
    mostSpecific(
      seen.filter(rule => rule.namespace === namespace),
      hostname,
    );
  return (
    (caller === undefined || caller === systemNamespace ? undefined : ruleOf(caller)) ??
    ruleOf(state.service(hostname)?.namespace) ??
    ruleOf(systemNamespace)
  );
}

/**
 * Merges what a rule and a subset say of a port: the subset's settings win, one by one. Where either has
 * settings for the port alone, these stand in the place of all its others
 * (pilot/pkg/networking/util/util.go @1.30.3, MergeSubsetTrafficPolicy).
 */
export function policyFor(
  rule: DestinationRuleConfig | undefined,
  port: number,
  subset?: Pick<DestinationRuleConfig['subsets'][number], 'policy' | 'portPolicies'>,
): TrafficBlocks {
  const ofSubset = subset?.portPolicies[port];
  if (ofSubset) return ofSubset;
  const ofRule = rule?.portPolicies[port] ?? rule?.policy ?? NO_POLICY;
  const given = Object.entries(subset?.policy ?? {}).filter(([, value]) => value !== undefined);
  return { ...ofRule, ...Object.fromEntries(given) };
}

/**
 * Whether a policy asks for TLS of another kind than the mesh's, which is not simulated: nobody is reached by
 * it, rather than in plaintext.
 */
export const reachesNobody = ({ tlsMode }: TrafficBlocks): boolean =>
  tlsMode === 'SIMPLE' || tlsMode === 'MUTUAL';

/** Returns the subsets of a rule, after one without a name that stands for the whole host. */
export const subsetsOf = (
  rule: DestinationRuleConfig | undefined,
): readonly DestinationRuleConfig['subsets'][number][] => [
  { name: '', labels: {}, policy: undefined, portPolicies: {} },
  ...(rule?.subsets ?? []),
];
