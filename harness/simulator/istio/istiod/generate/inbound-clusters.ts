/** CDS of a sidecar, inbound: the clusters that lead to its own application. */
import type { Cluster } from '../../xds/resources.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { connectTimeoutOf, ownServices, type PushContext, targetPortOf } from '../mesh/push-context.ts';
import { saysNothing } from '../model/merged-rules.ts';
import type { ServicePort } from '../model/mesh-model.ts';
import { limitsOf } from './cluster-policy.ts';
import { policyFor, ruleFor } from './destination-policy.ts';
import { rulePath } from './rule-paths.ts';

/** Returns a cluster for each port of the application; none for a gateway. */
export function inboundClusters(context: PushContext, proxy: ProxyNode): Cluster[] {
  if (proxy.role !== 'sidecar') return [];
  const { behaviour } = context;
  const forAll = withoutSelectors(context);
  const clusters = new Map<string, Cluster>();
  for (const service of ownServices(context, proxy)) {
    const rule = ruleFor(forAll, service.hostname);
    for (const port of service.ports) {
      const target = targetPortOf(context, proxy, port);
      if (port.protocol === 'udp' || target === undefined) continue;
      const name = inboundNameOf(context, port, target, service.hostname);
      const { pool } = policyFor(rule, port.port);
      clusters.set(name, {
        name,
        // As large as the client's (cluster_builder.go @1.30.3, buildInboundCluster).
        connectTimeoutMs: pool?.connectTimeoutMs ?? connectTimeoutOf(context),
        ...limitsOf(pool),
        ...(rule && !saysNothing(rule) && { rule: rulePath(context, 'destination-rule', rule.key) }),
        ...(behaviour.inbound.upstream === 'loopback'
          ? {
              type: 'STATIC',
              lbPolicy: 'ROUND_ROBIN',
              loadAssignment: {
                clusterName: name,
                endpoints: [{ address: '127.0.0.1', port: target, weight: 1, tlsMode: 'disabled' }],
              },
            }
          : { type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' }),
        ...(behaviour.inbound.sourceAddress && { sourceAddress: behaviour.inbound.sourceAddress }),
      });
    }
  }
  return [...clusters.values()];
}

/** Rules for some callers say nothing of a server. */
const withoutSelectors = (context: PushContext): PushContext => ({
  ...context,
  config: {
    ...context.config,
    destinationRules: context.config.destinationRules.filter(({ selector }) => !selector),
  },
});

/** `inbound|5000|http|helloworld…` in 1.8, `inbound|5000||` in current. */
export const inboundNameOf = (
  { behaviour }: PushContext,
  port: ServicePort,
  target: number,
  hostname: string,
): string => behaviour.inbound.clusterName({ service: port.port, container: target }, port.name, hostname);
