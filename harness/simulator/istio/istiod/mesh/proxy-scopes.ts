/**
 * What of the mesh a proxy gets to know: by what is exported to its namespace, and by its Sidecar
 * (pilot/pkg/model/push_context.go and sidecar.go @1.30.3; the same in 1.8). Proxies with equal scopes share
 * what is generated.
 */

import { includesLabels } from '../../../../base/labels.ts';
import type { Destination } from '../model/destination.ts';
import type { DestinationRuleConfig, VirtualServiceConfig } from '../model/istio-config.ts';
import type { SidecarConfig } from '../model/sidecar.ts';
import { isExportedTo, isPublic } from '../model/visibility.ts';
import { type EgressScope, egressScope } from './egress-scope.ts';
import type { MeshService } from './mesh-service.ts';
import type { ProxyNode } from './proxy-node.ts';
import { type PushContext, visibleServices } from './push-context.ts';
import type { ProxyScope } from './scope.ts';

/** Finds the scopes of one push. */
export class ProxyScopes {
  readonly #context: PushContext;
  readonly #isNamespaced: boolean;
  readonly #hasAllocated: boolean;
  readonly #known = new Map<string, PushContext>();

  constructor(context: PushContext) {
    this.#context = context;
    this.#isNamespaced = dependsOnNamespace(context);
    this.#hasAllocated = context.state.services.some(({ external }) => external?.allocatedAddress);
  }

  /** @returns equal texts for proxies that see the same; empty for those that see all */
  keyOf(proxy: ProxyNode): string {
    const sidecar = sidecarFor(this.#context, proxy);
    const selected = selectedRules(this.#context, proxy);
    const rules = selected.map(({ key }) => `|${key}`).join('');
    const own = sidecar ? `${proxy.namespace}|${sidecar.key}` : this.#isNamespaced ? proxy.namespace : '';
    return `${own}${rules}${this.#hasAllocated && usesAllocated(proxy) ? '|allocated' : ''}`;
  }

  /** Returns the context cut to what a proxy sees: itself where nothing is hidden. */
  contextFor(proxy: ProxyNode): PushContext {
    const key = this.keyOf(proxy);
    if (key === '') return this.#context;
    const known = this.#known.get(key) ?? scoped(this.#context, proxy);
    this.#known.set(key, known);
    return known;
  }
}

/** Sidecars with a selector come first, then that of the namespace, then the mesh's. Gateways have none. */
function sidecarFor(
  { config, systemNamespace }: PushContext,
  { role, namespace, labels }: ProxyNode,
): SidecarConfig | undefined {
  if (role !== 'sidecar' || config.sidecars.length === 0) return undefined;
  const sorted = [...config.sidecars].sort((a, b) => a.createdMs - b.createdMs);
  const own = sorted.filter(sidecar => sidecar.namespace === namespace);
  return (
    own.find(({ selector }) => selector && includesLabels(labels, selector)) ??
    own.find(({ selector }) => !selector) ??
    sorted.find(sidecar => sidecar.namespace === systemNamespace && !sidecar.selector)
  );
}

/** Rules that are for some callers, this one among them: they win over those for all. */
const selectedRules = (
  { config }: PushContext,
  { namespace, labels }: ProxyNode,
): readonly DestinationRuleConfig[] =>
  config.destinationRules.filter(
    rule => rule.selector && rule.namespace === namespace && includesLabels(labels, rule.selector),
  );

/** Whether anything is not for everybody. */
function dependsOnNamespace(context: PushContext): boolean {
  const { config, state, systemNamespace } = context;
  const { services, virtualServices, destinationRules } = state.mesh.exportDefaults;
  return (
    config.virtualServices.some(virtual => !isPublic(virtual, virtualServices)) ||
    config.destinationRules.some(
      rule =>
        !isPublic(rule, destinationRules) ||
        isForOthers(rule, systemNamespace) ||
        rule.selector !== undefined,
    ) ||
    state.services.some(service => !isPublic(service, services))
  );
}

/** A rule for hosts of other namespaces holds for callers of its own. */
const isForOthers = ({ host, namespace }: DestinationRuleConfig, systemNamespace: string): boolean =>
  namespace !== systemNamespace && !host.includes(`.${namespace}.svc.`);

/**
 * Whether a proxy takes addresses that istiod has allocated: its agent answers for names (service.go @1.30.3,
 * nodeUsesAutoallocatedIPs).
 */
const usesAllocated = ({ role, metadata }: ProxyNode): boolean =>
  role === 'sidecar' && metadata['DNS_CAPTURE'] === 'true';

/** Gives a service the address that was allocated for it, if it has no other. */
function withAllocated(service: MeshService): MeshService {
  const address = service.external?.allocatedAddress;
  if (!service.external || address === undefined) return service;
  return { ...service, defaultClusterIp: address, external: { ...service.external, addresses: [address] } };
}

function scoped(context: PushContext, proxy: ProxyNode): PushContext {
  const { config, state } = context;
  const { namespace } = proxy;
  const defaults = state.mesh.exportDefaults;
  const exported: EgressScope = {
    services: visibleServices(context)
      .filter(it => isExportedTo(it, defaults.services, namespace))
      .map(usesAllocated(proxy) ? withAllocated : service => service),
    virtualServices: ownFirst(
      config.virtualServices.filter(it => isExportedTo(it, defaults.virtualServices, namespace)),
      namespace,
    ),
  };
  const sidecar = sidecarFor(context, proxy);
  const seen = sidecar ? egressScope(sidecar, namespace, exported) : exported;
  const scope: ProxyScope = {
    namespace,
    services: seen.services,
    clusterServices: sidecar
      ? withDestinations(seen, exported.services, context.behaviour.sidecarsTakeInPorts)
      : seen.services,
    outboundMode: sidecar?.outboundMode ?? state.mesh.outboundTrafficPolicy,
  };
  const destinationRules = config.destinationRules.some(({ selector }) => selector)
    ? [...selectedRules(context, proxy), ...config.destinationRules.filter(({ selector }) => !selector)]
    : config.destinationRules;
  return {
    ...context,
    scope,
    config: { ...config, destinationRules, virtualServices: seen.virtualServices },
  };
}

/** Those that are for this namespace alone win over those that are for all. */
const ownFirst = (all: readonly VirtualServiceConfig[], own: string): readonly VirtualServiceConfig[] => [
  ...all.filter(({ namespace, exportTo }) => namespace === own && exportTo.length > 0),
  ...all.filter(({ namespace, exportTo }) => !(namespace === own && exportTo.length > 0)),
];

/**
 * Adds the services to which imported VirtualServices lead, and copies go: they have clusters, no routes of
 * their own. Today only of the ports that are named, if each destination names one
 * (serviceMatchingVirtualServicePorts).
 */
function withDestinations(
  seen: EgressScope,
  exported: readonly MeshService[],
  takesInPorts: boolean,
): readonly MeshService[] {
  const wanted = new Map<string, Set<number | undefined>>();
  for (const { host, port } of seen.virtualServices.flatMap(destinationsOf)) {
    const ports = wanted.get(host) ?? new Set();
    wanted.set(host, ports.add(port));
  }
  const known = new Map(seen.services.map(service => [service.hostname, service]));
  return exported.flatMap(service => {
    const asked = wanted.get(service.hostname);
    const found = known.get(service.hostname);
    if (found || !asked) return found ?? [];
    if (!takesInPorts || asked.has(undefined)) return [service];
    const ports = service.ports.filter(({ port }) => asked.has(port));
    return ports.length > 0 ? [{ ...service, ports }] : [];
  });
}

const destinationsOf = ({ http, tls, tcp }: VirtualServiceConfig): readonly Destination[] =>
  [
    ...http.flatMap(({ action }) =>
      action.kind === 'route' ? [...action.destinations, ...action.mirrors] : [],
    ),
    ...[...tls, ...tcp].flatMap(({ destinations }) => destinations),
  ].map(({ destination }) => destination);
