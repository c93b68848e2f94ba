/**
 * The resources of a push as bytes, made once for all proxies that see the same and kept until the mesh
 * changes.
 */
import type { ResourcesByType, ResourceType } from '../../xds/resources.ts';
import { PUSH_ORDER, typeUrlOf } from '../../xds/wire/types.ts';
import { fixedClusters, isByName, serviceClusters } from '../generate/clusters.ts';
import { serviceEndpoints } from '../generate/endpoints.ts';
import { gatewayListeners } from '../generate/gateway-listeners.ts';
import { inboundClusters } from '../generate/inbound-clusters.ts';
import { inboundListener } from '../generate/inbound-listener.ts';
import { encodeNameTable } from '../generate/name-table.ts';
import { outboundListeners } from '../generate/outbound-listeners.ts';
import { gatewayRoutes, sidecarRoutes } from '../generate/routes.ts';
import { placeOf } from '../mesh/caller-place.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import type { MeshChange } from '../mesh/mesh-state.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { ProxyScopes } from '../mesh/proxy-scopes.ts';
import { clusterServices, isSniRouter, type PushContext } from '../mesh/push-context.ts';
import { asksForLabels, streamCaller } from './asked-of-callers.ts';
import { type EncodedResource, encodeResources, versionOf } from './encoded-resources.ts';

/** Of one type, each name once. */
type Encoded = readonly EncodedResource[];

/** The cache of a push: `renew` starts the next one, `of` answers for one proxy. */
export class Resources {
  readonly #domain: string;
  readonly #onUnsupported: (what: string) => void;
  #context: PushContext;
  #scopes: ProxyScopes;
  /** What each service gives to each kind of view. */
  readonly #perService = new Map<string, Map<string, Encoded>>();
  /** What a view has altogether; good for one push. */
  readonly #perView = new Map<string, Encoded>();

  constructor(context: PushContext, domain: string, onUnsupported: (what: string) => void) {
    this.#context = context;
    this.#scopes = new ProxyScopes(context);
    this.#domain = domain;
    this.#onUnsupported = onUnsupported;
  }

  get context(): PushContext {
    return this.#context;
  }

  /** @param isConfigChanged - Istio's own resources, which bear on every service */
  renew(context: PushContext, change: MeshChange, isConfigChanged: boolean): void {
    this.#context = context;
    this.#scopes = new ProxyScopes(context);
    this.#perView.clear();
    if (change.everything || isConfigChanged) this.#perService.clear();
    else
      for (const views of this.#perService.values())
        for (const hostname of change.hostnames) views.delete(hostname);
  }

  /** What is kept of services, by type URL. */
  cached(): ReadonlyMap<string, Encoded> {
    const found = new Map<string, EncodedResource[]>();
    for (const [key, services] of this.#perService) {
      const type = PUSH_ORDER.find(it => key.startsWith(`${it}|`));
      if (type)
        found.set(typeUrlOf(type), [...(found.get(typeUrlOf(type)) ?? []), ...[...services.values()].flat()]);
    }
    return found;
  }

  /** Drops what is kept: it is made again when it is needed. */
  clear(): void {
    this.#perView.clear();
    this.#perService.clear();
  }

  of(type: ResourceType, proxy: ProxyNode): Encoded {
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

  /** What NDS answers: one table, which has no name. */
  nameTable(proxy: ProxyNode): Encoded {
    const { clusterId, role, view } = proxy;
    const { key, context } = this.#scopeOf(proxy);
    return this.#forView(`names|${role}|${clusterId}|${view.network}|${key}`, () => {
      const body = encodeNameTable(context, proxy);
      return [{ name: '', version: versionOf(body), body }];
    });
  }

  #clusters(proxy: ProxyNode): Encoded {
    const { key, context } = this.#scopeOf(proxy);
    const { view, clusterId, role } = proxy;
    const kind = { role, isSniRouter: isSniRouter(context, proxy), clusterId };
    const seenBy = context.state.looksUpNames ? { ...kind, view } : kind;
    const shared = this.#forServices('cluster', `${key}${JSON.stringify(seenBy)}`, context, service =>
      isByName(service)
        ? serviceClusters(context, service, kind, serviceEndpoints(context, service, { ...kind, view }))
        : serviceClusters(context, service, kind),
    );
    const own = [...fixedClusters(context, proxy.role), ...inboundClusters(context, proxy)];
    return [...shared, ...encodeResources('cluster', own)];
  }

  #endpoints(proxy: ProxyNode): Encoded {
    const { key, context } = this.#scopeOf(proxy);
    const { view, clusterId, role } = proxy;
    const place = placeOf(context, proxy);
    const kind = { view, clusterId, role, isSniRouter: isSniRouter(context, proxy), ...(place && { place }) };
    return this.#forServices('endpoint', `${key}${JSON.stringify(kind)}`, context, service =>
      isByName(service) ? [] : serviceEndpoints(context, service, kind),
    );
  }

  #listeners(proxy: ProxyNode): Encoded {
    const { key, context } = this.#scopeOf(proxy);
    if (proxy.role === 'router')
      return encodeResources('listener', gatewayListeners(context, proxy, this.#onUnsupported));
    const { clusterId } = proxy;
    const caller = { clusterId, ...streamCaller(context.config, proxy) };
    const outbound = this.#forView(`listener|${key}|${JSON.stringify(caller)}`, () =>
      encodeResources('listener', outboundListeners(context, caller)),
    );
    // A pod of a headless Service does not call itself through its proxy (listener.go @1.30.3).
    const others = outbound.filter(({ name }) => !name.startsWith(`${proxy.address}_`));
    return [...others, ...encodeResources('listener', [inboundListener(context, proxy)])];
  }

  #routes(proxy: ProxyNode): Encoded {
    const { key, context } = this.#scopeOf(proxy);
    if (proxy.role === 'router') return encodeResources('route', gatewayRoutes(context, proxy));
    const { clusterId, namespace } = proxy;
    const labels = asksForLabels(context.config) ? proxy.labels : {};
    const scope = { clusterId, namespace, labels, domain: this.#domain };
    return this.#forView(`route|${key}|${JSON.stringify(scope)}`, () =>
      encodeResources('route', sidecarRoutes(context, scope)),
    );
  }

  #scopeOf(proxy: ProxyNode): { readonly key: string; readonly context: PushContext } {
    return { key: this.#scopes.keyOf(proxy), context: this.#scopes.contextFor(proxy) };
  }

  #forView(key: string, make: () => Encoded): Encoded {
    const known = this.#perView.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#perView.set(key, made);
    return made;
  }

  #forServices<T extends ResourceType>(
    type: T,
    kind: string,
    context: PushContext,
    make: (service: MeshService) => ResourcesByType[T],
  ): Encoded {
    const key = `${type}|${kind}`;
    return this.#forView(key, () => {
      const known = this.#perService.get(key) ?? new Map<string, Encoded>();
      this.#perService.set(key, known);
      return clusterServices(context).flatMap(service => {
        const cached = known.get(service.hostname);
        if (cached !== undefined) return cached;
        const made = encodeResources(type, make(service));
        known.set(service.hostname, made);
        return made;
      });
    });
  }
}
