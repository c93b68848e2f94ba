/**
 * LDS of a sidecar: listeners for services without an address, of which only the port tells where they lead,
 * and with TLS the server name (pilot/pkg/networking/core/tls.go @1.30.3,
 * buildSidecarOutboundTLSFilterChainOpts; the same in 1.8).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import { outboundModeOf, type PushContext } from '../mesh/push-context.ts';
import type { ServicePort } from '../model/mesh-model.ts';
import { BLACK_HOLE, PASSTHROUGH } from './names.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

/** Gathers them, port by port. */
export class WildcardListeners {
  readonly #rest: string;
  readonly #ports = new Map<number, FilterChain[]>();

  constructor(context: PushContext) {
    this.#rest = outboundModeOf(context) === 'ALLOW_ANY' ? PASSTHROUGH : BLACK_HOLE;
  }

  /** Of services without TLS on one port the first has it. */
  add(hostname: string, { port, protocol }: Pick<ServicePort, 'port' | 'protocol'>, cluster: string): void {
    const chains = this.#ports.get(port) ?? [];
    this.#ports.set(port, chains);
    const isTls = protocol === 'tls' || protocol === 'https';
    const filter = tcpProxy(cluster);
    if (isTls) chains.push({ match: { serverNames: [hostname] }, filter });
    else if (!chains.some(({ match }) => match === undefined)) chains.push({ filter });
  }

  /** @param taken - ports that listeners for requests have already */
  besides(taken: ReadonlySet<number>): readonly Listener[] {
    return [...this.#ports]
      .filter(([port]) => !taken.has(port))
      .sort(([a], [b]) => a - b)
      .map(([port, chains]) => ({
        name: `0.0.0.0_${port}`,
        address: '0.0.0.0',
        port,
        bindToPort: false,
        ...(chains.some(({ match }) => match) && { tlsInspector: true }),
        filterChains: chains,
        ...(chains.every(({ match }) => match) && { defaultFilterChain: { filter: tcpProxy(this.#rest) } }),
      }));
  }
}
