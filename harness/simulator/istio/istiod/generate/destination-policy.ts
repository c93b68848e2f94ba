/** What DestinationRules say about a host: which rule holds, its subsets, and the settings for each port. */
import type { HashPolicy } from '../../xds/routes.ts';
import { mostSpecific } from '../mesh/host-names.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { DestinationRuleConfig } from '../model/istio-config.ts';
import type { TrafficBlocks } from '../model/traffic-policy.ts';
import { isExportedTo } from '../model/visibility.ts';

/** What of a subset has a say. */
type Subset = Pick<DestinationRuleConfig['subsets'][number], 'policy' | 'portPolicies'>;

const NO_POLICY: TrafficBlocks = {
  tlsMode: undefined,
  tls: undefined,
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
  subset?: Subset,
): TrafficBlocks {
  const ofSubset = subset?.portPolicies[port];
  if (ofSubset) return ofSubset;
  const ofRule = rule?.portPolicies[port] ?? rule?.policy ?? NO_POLICY;
  const given = Object.entries(subset?.policy ?? {}).filter(([, value]) => value !== undefined);
  return { ...ofRule, ...Object.fromEntries(given) };
}

/**
 * Returns what a rule and a subset say of mTLS to the endpoints of a port: unlike the other settings, one
 * that a port leaves out is that of its subset, and then that of the rule (mtls_checker.go @1.30.3,
 * tlsModeForDestinationRule).
 */
export const tlsModeFor = (
  rule: DestinationRuleConfig | undefined,
  port: number,
  subset: Subset,
): string | undefined =>
  subset.portPolicies[port]?.tlsMode ??
  subset.policy?.tlsMode ??
  rule?.portPolicies[port]?.tlsMode ??
  rule?.policy?.tlsMode;

/**
 * Returns what requests are hashed by, which is looked for in the same way (route.go @1.30.3,
 * HashForHTTPDestination).
 */
export const hashFor = (
  rule: DestinationRuleConfig | undefined,
  port: number,
  subset: Subset | undefined,
): HashPolicy | undefined =>
  [subset?.portPolicies[port], subset?.policy, rule?.portPolicies[port], rule?.policy]
    .map(policy => policy?.loadBalancer?.hash)
    .find(hash => hash !== undefined)?.policy;

/** Whether a policy asks for TLS of another kind than the mesh's. */
export const isForeignTls = ({ tlsMode }: Pick<TrafficBlocks, 'tlsMode'>): boolean =>
  tlsMode === 'SIMPLE' || tlsMode === 'MUTUAL';

/**
 * Whether a policy asks for TLS with certificates of a Secret, which is not simulated, or for MUTUAL without
 * any, which Istio's webhook refuses: nobody is reached by it, rather than in plaintext.
 */
export const reachesNobody = ({ tlsMode, tls }: TrafficBlocks): boolean =>
  isForeignTls({ tlsMode }) &&
  (tls?.credentialName !== '' ||
    (tlsMode === 'MUTUAL' && (tls.clientCertificate === '' || tls.privateKey === '')));

const isPassthrough = ({ loadBalancer }: TrafficBlocks): boolean => loadBalancer?.simple === 'PASSTHROUGH';

/**
 * Whether connections go where the client has sent them: a subset's do as well where those to the whole host
 * do (cluster_builder.go @1.30.3, buildSubsetCluster).
 */
export function isPassedOn(rule: DestinationRuleConfig | undefined, port: number, subset: Subset): boolean {
  const policy = policyFor(rule, port, subset);
  return !reachesNobody(policy) && (isPassthrough(policy) || isPassthrough(policyFor(rule, port)));
}

/** Returns the subsets of a rule, after one without a name that stands for the whole host. */
export const subsetsOf = (
  rule: DestinationRuleConfig | undefined,
): readonly DestinationRuleConfig['subsets'][number][] => [
  { name: '', labels: {}, policy: undefined, portPolicies: {} },
  ...(rule?.subsets ?? []),
];
