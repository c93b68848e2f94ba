/** kube-proxy: turns Services and their EndpointSlices into the routes of virtual addresses. */
import type { ClusterNetwork, ServiceRoute, SocketAddress } from '../../network/interfaces.ts';
import type { ClusterReader } from '../client/cluster-client.ts';
import { type Controller, stopAll } from '../client/controller.ts';
import { type EndpointSlice, keyOf, type Service, type ServicePort } from '../client/kinds.ts';
import { SERVICE_NAME, SLICES, serviceOf } from '../client/service-slices.ts';
import type { Component } from '../client/supervisor.ts';

/** The API that kube-proxy reads, and the network that it programs. */
export interface KubeProxyOptions {
  readonly component: Component;
  readonly client: ClusterReader;
  readonly network: Pick<ClusterNetwork, 'setServiceRoutes'>;
  /** Addresses of the nodes, where node ports answer. */
  readonly nodeAddresses: readonly string[];
}

/**
 * Lists the endpoints of one port. Those in termination serve only if no other is ready
 * (kubernetes/kubernetes pkg/proxy/topology.go: CategorizeEndpoints).
 */
function endpointsOf(port: ServicePort, slices: readonly EndpointSlice[]): readonly SocketAddress[] {
  const ready = new Map<string, SocketAddress>();
  const last = new Map<string, SocketAddress>();
  for (const { ports, endpoints } of slices) {
    const target = ports?.find(
      ({ name = '', protocol = 'TCP' }) =>
        name === (port.name ?? '') && protocol === (port.protocol ?? 'TCP'),
    );
    if (target?.port === undefined) continue;
    for (const { addresses, conditions } of endpoints ?? []) {
      const address = addresses[0];
      if (address === undefined) continue;
      const endpoint = { address, port: target.port };
      const key = `${address}:${target.port}`;
      if (conditions?.ready !== false) ready.set(key, endpoint);
      else if (conditions.serving && conditions.terminating) last.set(key, endpoint);
    }
  }
  return [...(ready.size > 0 ? ready : last).values()];
}

/** Lists the addresses that a load balancer has given a Service. */
function ingressAddresses({ status }: Service): readonly string[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  return ingress.flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
}

/**
 * Returns the routes of one Service. Unlike kube-proxy, it ignores sessionAffinity and the traffic policies:
 * every address leads to every ready endpoint.
 */
export function routesOf(
  service: Service,
  slices: readonly EndpointSlice[],
  nodeAddresses: readonly string[],
): readonly ServiceRoute[] {
  const { clusterIP, ports = [], externalIPs = [], type } = service.spec;
  if (!clusterIP || clusterIP === 'None' || type === 'ExternalName') return [];
  const addresses = [clusterIP, ...externalIPs, ...ingressAddresses(service)];
  const routes: ServiceRoute[] = [];
  for (const port of ports) {
    const protocol = port.protocol ?? 'TCP';
    // Unlike kube-proxy, SCTP is not routed: nothing here speaks it.
    if (protocol !== 'TCP' && protocol !== 'UDP') continue;
    const endpoints = endpointsOf(port, slices);
    for (const address of addresses) routes.push({ address, port: port.port, protocol, endpoints });
    if (port.nodePort === undefined) continue;
    for (const address of nodeAddresses) routes.push({ address, port: port.nodePort, protocol, endpoints });
  }
  return routes;
}

/** Keeps the network's service routes in line with Services and EndpointSlices. */
export function startKubeProxy({ component, client, network, nodeAddresses }: KubeProxyOptions): Controller {
  /** What each Service contributes, so that a change costs one Service and not all of them. */
  const routes = new Map<string, readonly ServiceRoute[]>();
  const dirty = new Set<string>();
  let isStopped = false;

  const program = () => {
    if (isStopped) return;
    for (const key of dirty) {
      const [namespace = '', name = ''] = key.split('/');
      const service = client.get('services', namespace, name);
      if (!service) {
        routes.delete(key);
        continue;
      }
      const slices = client.list(SLICES, { namespace, labelSelector: `${SERVICE_NAME}=${name}` });
      routes.set(key, routesOf(service, slices, nodeAddresses));
    }
    dirty.clear();
    network.setServiceRoutes([...routes.values()].flat());
  };
  const mark = (key: string) => {
    if (dirty.size === 0) component.soon({ key: 'the routes of Services' }, program);
    dirty.add(key);
  };
  const stops = [
    () => {
      isStopped = true;
    },
    client.watch('services', {}, ({ object }) => mark(keyOf(object))),
    client.watch(SLICES, {}, ({ object }) => mark(serviceOf(object))),
  ];
  return { stop: () => stopAll(stops) };
}
