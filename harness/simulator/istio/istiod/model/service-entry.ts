/** ServiceEntries and WorkloadEntries: services and workloads that no API server knows. */
import { isIPv4 } from 'node:net';
import { parseCidr } from '../../../../base/ipv4.ts';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { keyOf, labels, text, texts, type Unsupported } from './config-fields.ts';
import type { Protocol, ServicePort } from './mesh-model.ts';
import type { Exported } from './visibility.ts';

/** How the hosts of a ServiceEntry are found. */
export type Resolution = 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN';

/** An endpoint, of a ServiceEntry or by itself. */
export interface Workload {
  /** An address, or a name with resolution DNS; empty if only its network is known. */
  readonly address: string;
  /** By the names of the ports of services. */
  readonly ports: ReadonlyMap<string, number>;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly network: string;
  /** `region/zone/subzone`; empty: none. */
  readonly locality: string;
  readonly weight: number;
  /** Empty: no identity. */
  readonly serviceAccount: string;
}

/** A WorkloadEntry (networking.istio.io). */
export interface WorkloadEntryConfig extends Workload {
  readonly key: string;
  readonly namespace: string;
}

/** A ServiceEntry (networking.istio.io). */
export interface ServiceEntryConfig extends Exported {
  readonly key: string;
  /** Milliseconds since the epoch; of two for a host, the older one counts. */
  readonly createdMs: number;
  readonly hosts: readonly string[];
  /** Single addresses. */
  readonly addresses: readonly string[];
  /** `203.0.113.0/24` */
  readonly ranges: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly resolution: Resolution;
  /** MESH_EXTERNAL: it has no sidecar. */
  readonly isOutsideMesh: boolean;
  readonly endpoints: readonly Workload[];
  /** Of WorkloadEntries and pods of its namespace. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly subjectAltNames: readonly string[];
  /** It has no addresses, and none is unwanted (`networking.istio.io/enable-autoallocate-ip`). */
  readonly allocatesAddresses: boolean;
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  HTTP: 'http',
  'HTTP-PROXY': 'http',
  HTTP2: 'http2',
  GRPC: 'grpc',
  'GRPC-WEB': 'grpc',
  HTTPS: 'https',
  TLS: 'tls',
  UDP: 'udp',
  TCP: 'tcp',
  MONGO: 'tcp',
  REDIS: 'tcp',
  MYSQL: 'tcp',
};
const RESOLUTIONS: readonly Resolution[] = ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN'];

/** Reads a ServiceEntry; notes what has no effect. One whose resolution is not executed has no hosts. */
export function readServiceEntry(object: KubernetesObject, unsupported: Unsupported): ServiceEntryConfig {
  const spec = tree(object['spec']);
  const asked = text(spec['resolution']) ?? 'NONE';
  const resolution = RESOLUTIONS.find(known => known === asked);
  if (!resolution) unsupported.leaveOut(`resolution: ${asked}`);
  const addresses = texts(spec['addresses']).map(address => address.replace(/\/32$/, ''));
  const isRange = (address: string): boolean => !isIPv4(address) && parseCidr(address) !== undefined;
  for (const address of addresses)
    if (!isIPv4(address) && !isRange(address))
      unsupported.note(`addresses: ${address} (only IPv4 addresses and ranges)`);
  const ports = list(spec['ports']).map(tree);
  if (resolution === 'NONE' && ports.some(({ targetPort }) => Number(targetPort ?? 0) > 0))
    unsupported.note('ports.targetPort (with resolution NONE)');
  return {
    key: keyOf(object),
    namespace: object.metadata.namespace ?? '',
    createdMs: Date.parse(String(object.metadata.creationTimestamp ?? '')) || 0,
    exportTo: texts(spec['exportTo']),
    hosts: resolution ? texts(spec['hosts']) : [],
    addresses: addresses.filter(address => isIPv4(address)),
    ranges: addresses.filter(isRange),
    ports: ports.map(port => ({
      name: text(port['name']) ?? '',
      port: Number(port['number'] ?? 0),
      targetPort: Number(port['targetPort'] ?? 0) || Number(port['number'] ?? 0),
      protocol: PROTOCOLS[(text(port['protocol']) ?? 'TCP').toUpperCase()] ?? 'unknown',
    })),
    resolution: resolution ?? 'NONE',
    isOutsideMesh: (text(spec['location']) ?? 'MESH_EXTERNAL') === 'MESH_EXTERNAL',
    endpoints: list(spec['endpoints']).map((item, index) =>
      readWorkload(`endpoints[${index}]`, item, {}, unsupported),
    ),
    selector: 'workloadSelector' in spec ? labels(tree(spec['workloadSelector'])['labels']) : undefined,
    subjectAltNames: texts(spec['subjectAltNames']),
    allocatesAddresses:
      addresses.length === 0 &&
      asked !== 'NONE' &&
      object.metadata.labels?.['networking.istio.io/enable-autoallocate-ip'] !== 'false',
  };
}

/** Reads a WorkloadEntry; its own labels win over those in its spec. */
export function readWorkloadEntry(object: KubernetesObject, unsupported: Unsupported): WorkloadEntryConfig {
  const { namespace = '', labels: own = {} } = object.metadata;
  return { key: keyOf(object), namespace, ...readWorkload('', object['spec'], own, unsupported) };
}

function readWorkload(
  path: string,
  value: unknown,
  own: Readonly<Record<string, string>>,
  unsupported: Unsupported,
): Workload {
  const spec = tree(value);
  const address = text(spec['address']) ?? '';
  if (address.startsWith('unix://')) unsupported.note(`${path === '' ? '' : `${path}.`}address: ${address}`);
  return {
    address: address.startsWith('unix://') ? '' : address,
    ports: new Map(Object.entries(tree(spec['ports'])).map(([name, port]) => [name, Number(port)])),
    labels: { ...labels(spec['labels']), ...own },
    network: text(spec['network']) ?? '',
    locality: text(spec['locality']) ?? '',
    weight: Number(spec['weight'] ?? 0) || 1,
    serviceAccount: text(spec['serviceAccount']) ?? '',
  };
}
