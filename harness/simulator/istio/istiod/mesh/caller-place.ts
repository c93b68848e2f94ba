/** Where a proxy is, as far as rules ask for it: proxies that are in one place have the same endpoints. */
import { topologyLabel } from '../model/mesh-model.ts';
import type { LocalitySetting } from '../model/traffic-policy.ts';
import type { ProxyNode } from './proxy-node.ts';
import { ownServices, type PushContext } from './push-context.ts';

/** Where a caller is. */
export interface CallerPlace {
  /** `region/zone/subzone`; empty if nothing tells it. */
  readonly locality: string;
  /** Those that an order of failover asks for. */
  readonly labels: Readonly<Record<string, string>>;
}

/** @returns undefined if no rule of the mesh looks at places */
export function placeOf(context: PushContext, proxy: ProxyNode): CallerPlace | undefined {
  const settings = settingsOf(context);
  if (!settings) return undefined;
  const locality = localityOfProxy(context, proxy);
  const wanted = settings.flatMap(({ failoverPriority }) =>
    failoverPriority.map(it => it.split('=')[0] ?? ''),
  );
  const node = nodeOf(context, proxy);
  const { labels, clusterId, view } = proxy;
  const from = { labels, clusterId, network: view.network, locality, ...(node !== undefined && { node }) };
  return {
    locality,
    labels: Object.fromEntries(
      [...new Set(wanted)].flatMap(label => {
        const value = topologyLabel(from, label);
        return value === undefined ? [] : [[label, value]];
      }),
    ),
  };
}

/** Lists the settings of rules and mesh by which some endpoints may be placed; undefined if none may. */
function settingsOf({ config, state }: PushContext): readonly LocalitySetting[] | undefined {
  const { localityLbSetting } = state.mesh;
  const blocks = config.destinationRules.flatMap(rule =>
    [rule, ...rule.subsets].flatMap(({ policy, portPolicies }) => [
      ...(policy ? [policy] : []),
      ...Object.values(portPolicies),
    ]),
  );
  const isWatched = blocks.some(({ outlier }) => outlier !== undefined);
  const own = blocks.flatMap(({ loadBalancer }) => loadBalancer?.locality ?? []);
  if (!isWatched && own.length === 0 && localityLbSetting.distribute.length === 0) return undefined;
  return [localityLbSetting, ...own];
}

/**
 * By the pod or its node. In 1.8 by those of an endpoint, so that a proxy without a service is nowhere
 * (pilot/pkg/xds/ads.go @1.8.0, setProxyState).
 */
function localityOfProxy(context: PushContext, proxy: ProxyNode): string {
  const registry = context.state.registry(proxy.clusterId);
  const pod = registry?.pod(proxy.namespace, proxy.podName);
  if (!registry || !pod) return '';
  if (context.behaviour.servicesPlaceProxies && ownServices(context, proxy).length === 0) return '';
  return registry.localityOf(pod);
}

const nodeOf = ({ state }: PushContext, { clusterId, namespace, podName }: ProxyNode): string | undefined =>
  state.registry(clusterId)?.pod(namespace, podName)?.node;
