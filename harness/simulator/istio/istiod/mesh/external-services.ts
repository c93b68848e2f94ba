/**
 * Services and endpoints out of ServiceEntries and WorkloadEntries
 * (pilot/pkg/serviceregistry/serviceentry/conversion.go and controller.go @1.30.3; the same in 1.8).
 */
import { includesLabels } from '../../../../base/labels.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import type { IstioEndpoint, ServicePort } from '../model/mesh-model.ts';
import type { ServiceEntryConfig, Workload, WorkloadEntryConfig } from '../model/service-entry.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';
import type { RegistryPod } from '../watch/registry-objects.ts';
import type { MeshService } from './mesh-service.ts';

/** What a host has besides what API servers say of it. */
export interface ExternalService {
  /** Undefined where WorkloadEntries only add endpoints to a Service of Kubernetes. */
  readonly service: MeshService | undefined;
  readonly endpoints: readonly IstioEndpoint[];
}

/** What the services are made of. */
interface ExternalSources {
  readonly serviceEntries: readonly ServiceEntryConfig[];
  readonly workloadEntries: readonly WorkloadEntryConfig[];
  /** The own cluster's comes first. */
  readonly registries: readonly ClusterRegistry[];
  readonly localClusterId: string;
  readonly mesh: MeshConfig;
}

/** @returns by host name */
export function externalServices(sources: ExternalSources): ReadonlyMap<string, ExternalService> {
  const found = new Map<string, ExternalService>();
  const allocated = allocatedAddresses(sources);
  const sorted = [...sources.serviceEntries].sort((a, b) => a.createdMs - b.createdMs);
  for (const entry of sorted)
    for (const hostname of entry.hosts) {
      const endpoints = endpointsOf(sources, entry, hostname);
      const service = serviceOf(entry, hostname, allocated.get(`${entry.namespace}/${hostname}`));
      found.set(hostname, joined(found.get(hostname), service, endpoints));
    }
  if (sources.workloadEntries.length > 0) addToKubernetes(sources, found);
  return found;
}

/** What third and fourth number of an address go up to. */
const OCTET = 255;

/**
 * Allocates 240.240.0.1 and so on to hosts without addresses, for agents that answer for names
 * (pilot/pkg/serviceregistry/serviceentry/servicediscovery.go @1.8.0, autoAllocateIPs). Unlike today's Istio,
 * which writes its choice into the status, both releases allocate in the order of the entries' ages.
 */
function allocatedAddresses({ serviceEntries }: ExternalSources): ReadonlyMap<string, string> {
  const allocated = new Map<string, string>();
  let next = 0;
  for (const { namespace, hosts, allocatesAddresses } of [...serviceEntries].sort(
    (a, b) => a.createdMs - b.createdMs,
  ))
    for (const host of hosts) {
      const key = `${namespace}/${host}`;
      if (!allocatesAddresses || host.startsWith('*') || allocated.has(key)) continue;
      next++;
      if (next % OCTET === 0) next++;
      allocated.set(key, `240.240.${Math.trunc(next / OCTET)}.${next % OCTET}`);
    }
  return allocated;
}

const serviceOf = (
  entry: ServiceEntryConfig,
  hostname: string,
  allocatedAddress: string | undefined,
): MeshService => ({
  hostname,
  name: hostname,
  namespace: entry.namespace,
  ports: entry.ports,
  isHeadless: entry.resolution === 'NONE',
  isExternalName: false,
  isClusterLocal: false,
  clusterIps: new Map(),
  defaultClusterIp: entry.addresses[0] ?? '',
  exportTo: entry.exportTo,
  external: {
    resolution: entry.resolution,
    isOutsideMesh: entry.isOutsideMesh,
    addresses: entry.addresses,
    ranges: entry.ranges,
    subjectAltNames: entry.subjectAltNames,
    ...(allocatedAddress !== undefined && { allocatedAddress }),
  },
});

/** Of two entries for a host in one namespace, the older one has its ports, and both their endpoints. */
function joined(
  before: ExternalService | undefined,
  service: MeshService,
  endpoints: readonly IstioEndpoint[],
): ExternalService {
  if (!before?.service) return { service, endpoints: [...(before?.endpoints ?? []), ...endpoints] };
  if (before.service.namespace !== service.namespace) return before;
  const known = new Set(before.service.ports.map(({ port }) => port));
  const ports = [...before.service.ports, ...service.ports.filter(({ port }) => !known.has(port))];
  return { service: { ...before.service, ports }, endpoints: [...before.endpoints, ...endpoints] };
}

function endpointsOf(
  sources: ExternalSources,
  entry: ServiceEntryConfig,
  hostname: string,
): readonly IstioEndpoint[] {
  const { selector, endpoints, resolution } = entry;
  if (!selector) {
    const isByHost = endpoints.length === 0 && resolution.startsWith('DNS');
    const own = isByHost ? [{ ...NOWHERE, address: hostname }] : endpoints;
    return own.flatMap(workload => endpointsAt(sources, entry, workload));
  }
  const entries = sources.workloadEntries.filter(
    ({ namespace, labels }) => namespace === entry.namespace && includesLabels(labels, selector),
  );
  return [
    ...entries.flatMap(workload => endpointsAt(sources, entry, workload)),
    ...sources.registries.flatMap(registry =>
      registry
        .podsOf(entry.namespace, selector)
        .flatMap(pod => entry.ports.map(port => endpointOfPod(sources, registry, pod, port))),
    ),
  ];
}

const NOWHERE: Workload = {
  address: '',
  ports: new Map(),
  labels: {},
  network: '',
  locality: '',
  weight: 1,
  serviceAccount: '',
};

/** The parts of a service that endpoints need. */
interface Ports {
  readonly namespace: string;
  readonly ports: readonly ServicePort[];
}

/** An endpoint without an address stands for the gateways of its network. */
function endpointsAt(
  { localClusterId: clusterId, mesh, registries: [own] }: ExternalSources,
  { namespace, ports }: Ports,
  { address, ports: ownPorts, labels, network, locality, weight, serviceAccount }: Workload,
): readonly IstioEndpoint[] {
  const tlsMode = labels['security.istio.io/tlsMode'] ?? (serviceAccount === '' ? 'disabled' : 'istio');
  return ports.map(({ name, targetPort }) => ({
    address,
    port: ownPorts.get(name) ?? Number(targetPort),
    servicePortName: name,
    clusterId,
    network,
    identity: serviceAccount === '' ? '' : (own?.identityOf(namespace, serviceAccount, mesh) ?? ''),
    tlsMode: tlsMode === 'istio' ? 'istio' : 'disabled',
    labels,
    ...(weight !== 1 && { weight }),
    ...(locality !== '' && { locality }),
  }));
}

function endpointOfPod(
  { mesh }: ExternalSources,
  registry: ClusterRegistry,
  pod: RegistryPod,
  { name, targetPort }: ServicePort,
): IstioEndpoint {
  const { address, namespace, serviceAccount, labels } = pod;
  const locality = registry.localityOf(pod);
  return {
    address,
    port: Number(targetPort),
    servicePortName: name,
    clusterId: registry.clusterId,
    network: registry.networkAt(address, labels, mesh),
    identity: registry.identityOf(namespace, serviceAccount, mesh),
    tlsMode: labels['security.istio.io/tlsMode'] === 'istio' ? 'istio' : 'disabled',
    labels,
    ...(locality !== '' && { locality }),
  };
}

/** Services of the own cluster select WorkloadEntries too (`PILOT_ENABLE_K8S_SELECT_WORKLOAD_ENTRIES`). */
function addToKubernetes(sources: ExternalSources, found: Map<string, ExternalService>): void {
  for (const service of sources.registries[0]?.services() ?? []) {
    const { selector, namespace, hostname } = service;
    if (!selector || Object.keys(selector).length === 0) continue;
    const chosen = sources.workloadEntries.filter(
      entry => entry.namespace === namespace && includesLabels(entry.labels, selector),
    );
    if (chosen.length === 0) continue;
    const endpoints = chosen.flatMap(workload => endpointsAt(sources, service, workload));
    const before = found.get(hostname);
    found.set(hostname, {
      service: before?.service,
      endpoints: [...(before?.endpoints ?? []), ...endpoints],
    });
  }
}
