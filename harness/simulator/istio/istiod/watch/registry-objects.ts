/**
 * What a registry keeps of a cluster's objects: the few fields that discovery needs, since there may be
 * hundreds of clusters.
 */
import { isIPv4 } from 'node:net';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { labels } from '../model/config-fields.ts';
import { NETWORK_LABEL, nodeLocalityOf, protocolOf, type RegistryService } from '../model/mesh-model.ts';
import { exportToOf } from '../model/visibility.ts';

interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly externalIPs?: readonly string[];
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly targetPort?: number | string;
    readonly protocol?: string;
    readonly appProtocol?: string;
    readonly nodePort?: number;
  }[];
}

// The casts below read objects that an API server has validated; every field is optional to us.

/** Reads a Service. */
export function readService(object: KubernetesObject, domain: string): RegistryService {
  const { name = '', namespace = '', labels = {}, annotations = {} } = object.metadata;
  const spec = (object['spec'] ?? {}) as ServiceSpec;
  const status = (object['status'] ?? {}) as {
    loadBalancer?: { ingress?: readonly { ip?: string; hostname?: string }[] };
  };
  const ingress = (spec.type === 'LoadBalancer' ? status.loadBalancer?.ingress : undefined) ?? [];
  return {
    hostname: `${name}.${namespace}.svc.${domain}`,
    name,
    namespace,
    clusterIp: spec.clusterIP && isIPv4(spec.clusterIP) ? spec.clusterIP : '',
    isHeadless: spec.clusterIP === 'None',
    externalName: spec.type === 'ExternalName' ? spec.externalName : undefined,
    selector: spec.selector,
    labels,
    ports: (spec.ports ?? []).map(
      ({ name: portName = '', port, targetPort = port, protocol, appProtocol }) => ({
        name: portName,
        port,
        targetPort,
        protocol: protocolOf({ name: portName, port, transport: protocol, appProtocol }),
      }),
    ),
    externalAddresses: [
      ...ingress.flatMap(({ ip, hostname }) =>
        ip !== undefined ? [ip] : hostname !== undefined ? [hostname] : [],
      ),
      ...(spec.externalIPs ?? []),
    ],
    ...nodesOf(annotations, spec),
    exportTo: exportToOf(annotations['networking.istio.io/exportTo']),
    createdMs: Date.parse(String(object.metadata.creationTimestamp ?? '')) || 0,
  };
}

/** conversion.go @1.30.3, ConvertService: without the annotation nodes are no gateways. */
function nodesOf(
  annotations: Readonly<Record<string, string>>,
  { type, ports = [] }: ServiceSpec,
): Pick<RegistryService, 'onNodes'> {
  const text = annotations['traffic.istio.io/nodeSelector'];
  if (type !== 'NodePort' || text === undefined) return {};
  const byPort = Object.fromEntries(
    ports.flatMap(({ port, nodePort }) => (nodePort ? [[port, nodePort]] : [])),
  );
  return { onNodes: { selector: readSelector(text), ports: byPort } };
}

/** A text that cannot be read selects all nodes. */
function readSelector(text: string): Readonly<Record<string, string>> {
  try {
    return labels(JSON.parse(text));
  } catch {
    return {};
  }
}

/** A running pod that may serve. */
export interface RegistryPod {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  /** Named container ports, for Services that target them by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** @returns undefined for a pod without an address, or one that has ended */
export function readPod(object: KubernetesObject): RegistryPod | undefined {
  const { name = '', namespace = '', labels = {} } = object.metadata;
  const spec = (object['spec'] ?? {}) as {
    serviceAccountName?: string;
    nodeName?: string;
    hostNetwork?: boolean;
    containers?: readonly { ports?: readonly { name?: string; containerPort: number }[] }[];
  };
  const status = (object['status'] ?? {}) as { podIP?: string; phase?: string };
  if (!status.podIP || spec.hostNetwork || status.phase === 'Failed' || status.phase === 'Succeeded')
    return undefined;
  const ports: Record<string, number> = {};
  for (const container of spec.containers ?? [])
    for (const port of container.ports ?? []) if (port.name) ports[port.name] = port.containerPort;
  return {
    name,
    namespace,
    address: status.podIP,
    serviceAccount: spec.serviceAccountName ?? 'default',
    labels,
    node: spec.nodeName ?? '',
    ports,
  };
}

/** Ready addresses by port, of one Endpoints object or one slice. */
export interface RegistryEndpoints {
  /** `sample/helloworld`: the Service. */
  readonly service: string;
  readonly ready: readonly ReadyAddress[];
}

/** One port of one ready address. */
export interface ReadyAddress {
  readonly address: string;
  readonly portName: string;
  readonly port: number;
  /** A pod is behind it: of use only once the pod is known too. */
  readonly isPod: boolean;
}

/** Reads an Endpoints object; addresses that are not ready are left out. */
export function readEndpoints(object: KubernetesObject): RegistryEndpoints {
  const { name = '', namespace = '' } = object.metadata;
  const subsets = (object['subsets'] ?? []) as readonly {
    addresses?: readonly { ip: string; targetRef?: { kind?: string } }[] | null;
    ports?: readonly { name?: string; port: number; protocol?: string }[] | null;
  }[];
  return {
    service: `${namespace}/${name}`,
    ready: subsets.flatMap(({ addresses, ports }) =>
      (addresses ?? []).flatMap(({ ip, targetRef }) =>
        (ports ?? []).map(port => ({
          address: ip,
          portName: port.name ?? '',
          port: port.port,
          isPod: targetRef?.kind === 'Pod',
        })),
      ),
    ),
  };
}

/**
 * Reads an EndpointSlice; returns undefined for one that belongs to no Service or holds no IPv4
 * addresses.
 */
export function readEndpointSlice(object: KubernetesObject): RegistryEndpoints | undefined {
  const { namespace = '', labels = {} } = object.metadata;
  const service = labels['kubernetes.io/service-name'];
  if (service === undefined || object['addressType'] !== 'IPv4') return undefined;
  const endpoints = (object['endpoints'] ?? []) as readonly {
    addresses?: readonly string[];
    conditions?: { ready?: boolean | null };
    targetRef?: { kind?: string };
  }[];
  const ports = (object['ports'] ?? []) as readonly { name?: string | null; port?: number | null }[];
  return {
    service: `${namespace}/${service}`,
    ready: endpoints
      // Unknown readiness counts as ready (discovery.k8s.io/v1, EndpointConditions).
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses, targetRef }) =>
        (addresses ?? []).flatMap(address =>
          ports.flatMap(({ name, port }) =>
            port ? [{ address, portName: name ?? '', port, isPod: targetRef?.kind === 'Pod' }] : [],
          ),
        ),
      ),
  };
}

/** Returns the network that a namespace's label names; empty without one. */
export const networkLabelOf = (object: KubernetesObject): string =>
  object.metadata.labels?.[NETWORK_LABEL] ?? '';

/** What a node tells of the pods on it. */
export interface RegistryNode {
  /** `region/zone/subzone`; empty if no label tells it. */
  readonly locality: string;
  /** `v1.32.0` */
  readonly kubeletVersion: string;
  /** Of a node that is reached from outside of its cluster. */
  readonly external?: { readonly address: string; readonly labels: Readonly<Record<string, string>> };
}

/** Reads a node. */
export function readNode(object: KubernetesObject): RegistryNode {
  const status = object['status'] as
    | {
        nodeInfo?: { kubeletVersion?: string };
        addresses?: readonly { readonly type?: string; readonly address?: string }[];
      }
    | undefined;
  const address = status?.addresses?.find(({ type }) => type === 'ExternalIP')?.address;
  return {
    locality: nodeLocalityOf(object.metadata.labels ?? {}),
    kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '',
    ...(address && { external: { address, labels: object.metadata.labels ?? {} } }),
  };
}
