/** The words of istiod's model: services and endpoints as they come out of any cluster's registry. */
import type { ExportTo } from './visibility.ts';

/** `unknown`: neither the port's name nor its number tells; it may be HTTP or any bytes. */
export type Protocol = 'http' | 'http2' | 'grpc' | 'https' | 'tls' | 'tcp' | 'udp' | 'unknown';

/** A port of a Service with its protocol. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort: number | string;
  readonly protocol: Protocol;
}

/** A Service as one cluster has it. */
export interface RegistryService {
  /** `helloworld.sample.svc.cluster.local` */
  readonly hostname: string;
  readonly name: string;
  readonly namespace: string;
  /** Empty for a headless service. */
  readonly clusterIp: string;
  readonly isHeadless: boolean;
  readonly externalName: string | undefined;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  /** Load-balancer addresses and external IPs. */
  readonly externalAddresses: readonly string[];
  readonly exportTo: ExportTo;
  /** Of two that lead to one port of a pod, the older one says its protocol. */
  readonly createdMs: number;
  /** Of a Service of type NodePort that nodes are gateways of (`traffic.istio.io/nodeSelector`). */
  readonly onNodes?: {
    readonly selector: Readonly<Record<string, string>>;
    /** Port of the Service → port of the nodes. */
    readonly ports: Readonly<Record<number, number>>;
  };
}

/** One port of one ready pod (or of a hand-written endpoint). pilot/pkg/model/service.go, IstioEndpoint */
export interface IstioEndpoint {
  readonly address: string;
  readonly port: number;
  readonly servicePortName: string;
  readonly clusterId: string;
  /** Empty if nothing tells it. */
  readonly network: string;
  /** `spiffe://cluster.local/ns/sample/sa/default`; empty if there is no pod behind it. */
  readonly identity: string;
  readonly tlsMode: 'istio' | 'disabled';
  readonly labels: Readonly<Record<string, string>>;
  /** 1 if it is not given. */
  readonly weight?: number;
  /** `region/zone/subzone`, each of which may be missing; absent if nothing tells it. */
  readonly locality?: string;
  /** The node's name, if a pod is behind it. */
  readonly node?: string;
}

/** A way into a network. */
export interface NetworkGateway {
  readonly network: string;
  readonly clusterId: string;
  /** An address; in 1.8 perhaps a host name that is of no use. */
  readonly address: string;
  readonly port: number;
}

/** On pods, gateways' Services and istio-system: which network it is on, or leads into. */
export const NETWORK_LABEL = 'topology.istio.io/network';

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';
const SUB_ZONE = 'topology.istio.io/subzone';

/**
 * Returns a label as istiod sees it: what topology says is among them, and wins but for the network
 * (pilot/pkg/serviceregistry/util/label/label.go @1.30.3, AugmentLabels).
 */
export function topologyLabel(
  {
    labels,
    clusterId,
    network,
    locality = '',
    node,
  }: Pick<IstioEndpoint, 'labels' | 'clusterId' | 'network' | 'locality' | 'node'>,
  key: string,
): string | undefined {
  const [region, zone, subZone] = locality.split('/');
  switch (key) {
    case 'topology.istio.io/cluster':
      return clusterId || labels[key];
    case NETWORK_LABEL:
      return labels[key] || network || undefined;
    case REGION:
      return region || labels[key];
    case ZONE:
      return zone || labels[key];
    case SUB_ZONE:
      return subZone || labels[key];
    case 'kubernetes.io/hostname':
      return node || labels[key];
    default:
      return labels[key];
  }
}

/**
 * Finds where a pod is: by its own label, where dots may stand for slashes, or by its node
 * (pilot/pkg/serviceregistry/kube/controller/controller.go @1.30.3, getPodLocality).
 * @returns `region/zone/subzone`; empty if nothing tells it
 */
export function localityOf(
  labels: Readonly<Record<string, string>>,
  nodeLocality: string | undefined,
): string {
  const label = labels['topology.istio.io/locality'] || labels['istio-locality'];
  if (label) return label.includes('/') ? label : label.replaceAll('.', '/');
  return nodeLocality ?? '';
}

/** Reads a node's labels, those that older Kubernetes had among them. @returns empty if none tells a place */
export function nodeLocalityOf(labels: Readonly<Record<string, string>>): string {
  const region = labels[REGION] || labels['failure-domain.beta.kubernetes.io/region'] || '';
  const zone = labels[ZONE] || labels['failure-domain.beta.kubernetes.io/zone'] || '';
  const subZone = labels[SUB_ZONE] ?? '';
  return region === '' && zone === '' && subZone === '' ? '' : `${region}/${zone}/${subZone}`;
}

/** Says whether proxies route a protocol request by request. */
export const isHttp = (protocol: Protocol): boolean =>
  protocol === 'http' || protocol === 'http2' || protocol === 'grpc';

/** Words of ports' names, and those that Kubernetes has for `appProtocol`. */
const BY_NAME: Readonly<Record<string, Protocol>> = {
  http: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'grpc',
  https: 'https',
  tls: 'tls',
  tcp: 'tcp',
  udp: 'udp',
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
};

/** Mail, DNS, MySQL and MongoDB: bytes, whose server may speak first. */
const WELL_KNOWN_STREAMS: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** A service port as an API server tells it. */
interface NamedPort {
  readonly name: string;
  readonly port: number;
  /** `TCP` or `UDP`. */
  readonly transport: string | undefined;
  readonly appProtocol: string | undefined;
}

/**
 * Finds the protocol of a service port: by `appProtocol`, else by its name up to the first dash, else by its
 * number (pkg/config/kube/conversion.go).
 */
export function protocolOf({ name, port, transport, appProtocol }: NamedPort): Protocol {
  if (transport === 'UDP') return 'udp';
  const word = (appProtocol ?? name).toLowerCase();
  const prefix = word.startsWith('grpc-web') ? 'grpc-web' : (word.split('-')[0] ?? '');
  return BY_NAME[word] ?? BY_NAME[prefix] ?? (WELL_KNOWN_STREAMS.has(port) ? 'tcp' : 'unknown');
}
