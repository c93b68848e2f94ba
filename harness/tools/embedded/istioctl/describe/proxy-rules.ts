/**
 * Which rules a proxy has for a Service, by what its `/config_dump` says they come from.
 * istioctl/pkg/describe/describe.go @1.30.3
 */
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { entriesOf } from '../proxy-resources.ts';
import { type RuleName, ruleOf } from '../rule-names.ts';
import type { Service } from './objects.ts';

const VIRTUAL_INBOUND = 'virtualInbound';
const RBAC = 'envoy.filters.http.rbac';
const HTTP = 'envoy.filters.network.http_connection_manager';

/** Returns the DestinationRule that the clusters to a port of a Service come from. */
export function destinationRuleOf(dump: unknown, service: Service, port: number): RuleName | undefined {
  const ending = `|${hostOf(service)}`;
  const cluster = entriesOf<Tree>(dump, 'dynamic_active_clusters', 'cluster').find(({ name }) => {
    return String(name).startsWith(`outbound|${port}|`) && String(name).endsWith(ending);
  });
  return ruleOf(cluster, 'destination-rule');
}

/** Returns the VirtualService that the first route to a port of a Service comes from. */
export function virtualServiceOf(dump: unknown, service: Service, port: number): RuleName | undefined {
  for (const config of entriesOf<Tree>(dump, 'dynamic_route_configs', 'route_config')) {
    const name = String(config['name'] ?? '');
    if (name !== String(port) && !/^https?\./.test(name)) continue;
    for (const host of trees(config['virtual_hosts'])) {
      const route = trees(host['routes']).find(each => leadsTo(each, host, service, port));
      if (route) return ruleOf(route, 'virtual-service');
    }
  }
  return undefined;
}

const hostOf = ({ metadata }: Service): string =>
  `${metadata.name ?? ''}.${metadata.namespace ?? ''}.svc.cluster.local`;

/** By the names of the virtual host or, as gateways have them otherwise, by the cluster. */
function leadsTo(route: Tree, host: Tree, service: Service, port: number): boolean {
  const name = hostOf(service);
  const domains: readonly unknown[] = Array.isArray(host['domains']) ? host['domains'] : [];
  if (domains.some(domain => domain === name)) return true;
  const action = tree(route['route']);
  const [first] = trees(tree(action['weighted_clusters'])['clusters']);
  const cluster = String(action['cluster'] ?? first?.['name'] ?? '');
  return cluster.startsWith(`outbound|${port}|`) && cluster.endsWith(`|${name}`);
}

/** Lists the policies of the first HTTP chain of the proxy's inbound listener. */
export function policiesOf(dump: unknown): readonly string[] {
  const listener = trees(tree(dump)['configs'])
    .flatMap(config => trees(config['dynamic_listeners']))
    .map(each => tree(tree(each['active_state'])['listener']))
    .find(({ name }) => name === VIRTUAL_INBOUND);
  const [manager] = trees(listener?.['filter_chains'])
    .flatMap(chain => trees(chain['filters']))
    .filter(({ name }) => name === HTTP);
  const [rbac] = trees(tree(manager?.['typed_config'])['http_filters']).filter(({ name }) => name === RBAC);
  return Object.keys(tree(tree(tree(rbac?.['typed_config'])['rules'])['policies']));
}
