/**
 * LDS of a gateway: the ports that Gateway resources open on it
 * (pilot/pkg/networking/core/v1alpha3/gateway.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { boundPortOf, gatewaysOf, type PushContext } from '../mesh/push-context.ts';
import { type Authorization, authorizationOf } from './authorization.ts';
import { chainsOf } from './gateway-filter-chains.ts';

interface OpenPort {
  readonly port: number;
  readonly chains: FilterChain[];
  tlsInspector: boolean;
}

/**
 * Returns a listener for each port that has at least one chain.
 * @param onUnsupported - hears of each server that is not simulated, and why
 */
export function gatewayListeners(
  context: PushContext,
  proxy: ProxyNode,
  onUnsupported: (what: string) => void = () => {},
): Listener[] {
  const ports = new Map<number, OpenPort>();
  const authorization = authorizationOf(context, proxy);
  for (const gateway of gatewaysOf(context, proxy)) {
    for (const server of gateway.servers) {
      const boundPort = boundPortOf(context, proxy, server.port);
      const all = chainsOf(context, { gateway, server, boundPort }, onUnsupported);
      // Whoever passes a gateway between networks is judged by the workload that he wants.
      const isJudged = server.tlsMode !== 'AUTO_PASSTHROUGH';
      const chains = isJudged ? all.map(chain => judgedChain(chain, authorization)) : all;
      if (chains.length === 0) continue;
      const open = ports.get(server.port) ?? { port: server.port, chains: [], tlsInspector: false };
      ports.set(server.port, open);
      for (const chain of chains) {
        const key = keyOf(context, chain);
        if (key === undefined || !open.chains.some(each => keyOf(context, each) === key))
          open.chains.push(chain);
      }
      open.tlsInspector ||= server.tlsMode !== undefined;
    }
  }
  return [...ports.keys()]
    .sort((a, b) => a - b)
    .map(port => {
      const { chains, tlsInspector } = ports.get(port) as OpenPort; // keys of this very map
      const bound = boundPortOf(context, proxy, port);
      return {
        name: `0.0.0.0_${bound}`,
        address: '0.0.0.0',
        port: bound,
        bindToPort: true,
        ...(tlsInspector && { tlsInspector }),
        filterChains: chains,
      };
    });
}

/** Puts the policies of access in front of what a chain does. */
function judgedChain(chain: FilterChain, { http, tcp }: Authorization): FilterChain {
  const { filter } = chain;
  if (filter.type === 'http_connection_manager' && http.length > 0)
    return { ...chain, filter: { ...filter, rbac: http } };
  return filter.type === 'tcp_proxy' && tcp.length > 0
    ? { ...chain, filter: { ...filter, rbac: tcp } }
    : chain;
}

/**
 * Names what a port has once. Two servers may ask for the same HTTP port, whose routes tell their hosts
 * apart, or for the same services by SNI.
 * @returns undefined for what each server has for itself
 */
const keyOf = ({ behaviour }: PushContext, { name, match }: FilterChain): string | undefined =>
  name ?? (behaviour.autoPassthrough === 'chain-per-service' ? JSON.stringify(match ?? {}) : undefined);
