/**
 * The resources of a push as text, made once for all proxies that see the same and kept until the mesh
 * changes.
 */
import type { ResourceType } from '../../xds/resources.ts';
import { fixedClusters, serviceClusters } from '../generate/clusters.ts';
import { serviceEndpoints } from '../generate/endpoints.ts';
import { gatewayListeners } from '../generate/gateway-listeners.ts';
import { inboundClusters } from '../generate/inbound-clusters.ts';
import { inboundListener } from '../generate/inbound-listener.ts';
import { outboundListeners } from '../generate/outbound-listeners.ts';
import { gatewayRoutes, sidecarRoutes } from '../generate/routes.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import type { MeshChange } from '../mesh/mesh-state.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { isSniRouter, type PushContext, visibleServices } from '../mesh/push-context.ts';

/** Resources in JSON, joined by commas: the inside of a response's `resources`. */
type Fragment = string;

const fragmentOf = (resources: readonly unknown[]): Fragment =>
  resources.map(item => JSON.stringify(item)).join(',');
const join = (...fragments: readonly Fragment[]): Fragment =>
  fragments.filter(fragment => fragment !== '').join(',');

/** The cache of a push: `renew` starts the next one, `of` answers for one proxy. */
export class Resources {
  readonly #domain: string;
  readonly #onUnsupported: (what: string) => void;
  #context: PushContext;
  /** What each service gives to each kind of view. */
  readonly #perService = new Map<string, Map<string, Fragment>>();
  /** What a view has altogether; good for one push. */
  readonly #perView = new Map<string, Fragment>();

  constructor(context: PushContext, domain: string, onUnsupported: (what: string) => void) {
    this.#context = context;
    this.#domain = domain;
    this.#onUnsupported = onUnsupported;
  }

  get context(): PushContext {
    return this.#context;
  }

  /** @param isConfigChanged - Istio's own resources, which bear on every service */
  renew(context: PushContext, change: MeshChange, isConfigChanged: boolean): void {
    this.#context = context;
    this.#perView.clear();
    if (change.everything || isConfigChanged) this.#perService.clear();
    else
      for (const views of this.#perService.values())
        for (const hostname of change.hostnames) views.delete(hostname);
  }

  of(type: ResourceType, proxy: ProxyNode): Fragment {
    switch (type) {
      case 'cluster':
        return this.#clusters(proxy);
      case 'endpoint':
        return this.#endpoints(proxy);
      case 'listener':
        return this.#listeners(proxy);
      case 'route':
        return this.#routes(proxy);
    }
  }

  #clusters(proxy: ProxyNode): Fragment {
    const context = this.#context;
    const kind = { role: proxy.role, isSniRouter: isSniRouter(context, proxy), clusterId: proxy.clusterId };
    const shared = this.#forServices(`cluster|${JSON.stringify(kind)}`, service =>
      serviceClusters(context, service, kind),
    );
    return join(
      shared,
      fragmentOf([...fixedClusters(context, proxy.role), ...inboundClusters(context, proxy)]),
    );
  }

  #endpoints(proxy: ProxyNode): Fragment {
    const context = this.#context;
    const { view, clusterId, role } = proxy;
    const kind = { view, clusterId, role, isSniRouter: isSniRouter(context, proxy) };
    return this.#forServices(`endpoint|${JSON.stringify(kind)}`, service =>
      serviceEndpoints(context, service, kind),
    );
  }

  #listeners(proxy: ProxyNode): Fragment {
    const context = this.#context;
    if (proxy.role === 'router') return fragmentOf(gatewayListeners(context, proxy, this.#onUnsupported));
    const { clusterId } = proxy;
    const outbound = this.#forView(`listener|${clusterId}`, () =>
      fragmentOf(outboundListeners(context, clusterId)),
    );
    return join(outbound, fragmentOf([inboundListener(context, proxy)]));
  }

  #routes(proxy: ProxyNode): Fragment {
    const context = this.#context;
    if (proxy.role === 'router') return fragmentOf(gatewayRoutes(context, proxy));
    const { clusterId, namespace } = proxy;
    return this.#forView(`route|${clusterId}|${namespace}`, () =>
      fragmentOf(sidecarRoutes(context, { clusterId, namespace, domain: this.#domain })),
    );
  }

  #forView(key: string, make: () => Fragment): Fragment {
    const known = this.#perView.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#perView.set(key, made);
    return made;
  }

  #forServices(key: string, make: (service: MeshService) => readonly unknown[]): Fragment {
    return this.#forView(key, () => {
      const known = this.#perService.get(key) ?? new Map<string, Fragment>();
      this.#perService.set(key, known);
      const fragments = visibleServices(this.#context).map(service => {
        const cached = known.get(service.hostname);
        if (cached !== undefined) return cached;
        const made = fragmentOf(make(service));
        known.set(service.hostname, made);
        return made;
      });
      return join(...fragments);
    });
  }
}
