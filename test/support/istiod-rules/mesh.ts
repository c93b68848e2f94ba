/** The mesh on which rules are compared: two clusters on two networks, by objects whose addresses are written. */
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { list, trees } from '../../../harness/base/untyped.ts';
import type { Edition } from '../../../harness/simulator/istio/registry/names.ts';
import type { XdsNode } from '../../../harness/simulator/istio/xds/node.ts';

/** Its clusters; the first has the istiod. */
export const CLUSTERS = ['cluster1', 'cluster2'] as const;
type Cluster = (typeof CLUSTERS)[number];

/** Of a service that says when an istiod has read all: it is not compared. */
export const MARKER = 'marker.sample';

/** What both istiods read of the mesh before a case adds to it. */
export const MESH_CONFIG = [
  'defaultConfig:',
  '  discoveryAddress: istiod.istio-system.svc:15012',
  '  meshId: mesh1',
  'rootNamespace: istio-system',
  '',
].join('\n');

interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly account: string;
  readonly address: string;
  /** Which of its cluster's two, which are in zones of their own. */
  readonly node: 1 | 2;
}

interface Service {
  readonly namespace: string;
  readonly name: string;
  /** Within the cluster's half of the range. */
  readonly address: number;
  readonly app: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly target: number }[];
  readonly outside?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const port = (name: string, port: number, target = port) => ({ name, port, target });

const SERVICES: readonly Service[] = [
  { namespace: 'sample', name: 'helloworld', address: 10, app: 'helloworld', ports: [port('http', 5000)] },
  { namespace: 'sample', name: 'tcp-echo', address: 11, app: 'tcp-echo', ports: [port('tcp', 9000)] },
  { namespace: 'sample', name: 'any', address: 12, app: 'any', ports: [port('', 7000, 7070)] },
  {
    namespace: 'other',
    name: 'reviews',
    address: 13,
    app: 'reviews',
    ports: [port('http', 9080), port('grpc', 9090)],
  },
  {
    namespace: 'sample',
    name: 'marker',
    address: 14,
    app: 'marker',
    ports: [port('tcp', 9999)],
    annotations: { 'networking.istio.io/exportTo': '*' }, // whatever the mesh's default is
  },
];
const gateways = (cluster: Cluster): readonly Service[] => [
  {
    namespace: 'istio-system',
    name: 'istio-eastwestgateway',
    address: 20,
    app: 'istio-eastwestgateway',
    ports: [port('tls', 15443)],
    outside: cluster === 'cluster1' ? '172.18.0.200' : '172.18.1.200',
    labels: { 'topology.istio.io/network': networkOf(cluster) },
  },
  {
    namespace: 'istio-system',
    name: 'istio-ingressgateway',
    address: 21,
    app: 'istio-ingressgateway',
    ports: [port('http2', 80, 8080), port('https', 443, 8443), port('tcp', 31400)],
    outside: cluster === 'cluster1' ? '172.18.0.201' : '172.18.1.201',
  },
];

const SIDECAR = { 'security.istio.io/tlsMode': 'istio' };
const pod = (
  namespace: string,
  app: string,
  host: number,
  more: { readonly version?: string; readonly node?: 1 | 2; readonly prefix: string },
): Pod => ({
  namespace,
  name: [app, more.version].filter(part => part !== undefined).join('-'),
  labels: { app, ...(more.version && { version: more.version }), ...SIDECAR },
  account: app,
  address: `${more.prefix}.${host}`,
  node: more.node ?? 1,
});

/** Both have the same applications; the client and a second version are in the first only. */
function podsOf(cluster: Cluster): readonly Pod[] {
  const isFirst = cluster === 'cluster1';
  const prefix = isFirst ? '10.10.0' : '10.20.0';
  const gateway = (name: string, host: number): Pod => ({
    ...pod('istio-system', `istio-${name}`, host, { prefix }),
    labels: { app: `istio-${name}`, istio: name },
  });
  return [
    pod('sample', 'helloworld', 10, { version: isFirst ? 'v1' : 'v2', prefix }),
    ...(isFirst ? [pod('sample', 'helloworld', 11, { version: 'v3', node: 2, prefix })] : []),
    pod('sample', 'tcp-echo', 12, { version: isFirst ? 'v1' : 'v2', prefix }),
    pod('sample', 'any', 13, { prefix }),
    pod('other', 'reviews', 14, { version: isFirst ? 'v1' : 'v2', prefix }),
    pod('sample', 'marker', 15, { prefix }),
    ...(isFirst ? [pod('sample', 'curl', 20, { prefix }), pod('other', 'curl', 21, { prefix })] : []),
    gateway('eastwestgateway', 30),
    gateway('ingressgateway', 31),
  ];
}

const networkOf = (cluster: Cluster): string => cluster.replace('cluster', 'network');

/** The objects of a cluster, in an order in which an API server takes them. */
export function objectsOf(cluster: Cluster): readonly KubernetesObject[] {
  const pods = podsOf(cluster);
  const services = [...SERVICES, ...gateways(cluster)];
  const range = cluster === 'cluster1' ? '10.96.0' : '10.96.128';
  return [
    ...['istio-system', 'sample', 'other'].map(name => namespaceObject(name, cluster)),
    ...[1, 2].map(at => nodeObject(cluster, at)),
    ...pods.map(({ namespace, account }) => object('v1', 'ServiceAccount', account, namespace)),
    ...services.map(service => serviceObject(service, `${range}.${service.address}`)),
    ...pods.map(each => podObject(each, cluster)),
    ...services.map(service => sliceObject(service, pods, cluster)),
  ];
}

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  namespace?: string,
  more: object = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  ...more,
});

function namespaceObject(name: string, cluster: Cluster): KubernetesObject {
  const labels: Record<string, string> =
    name === 'istio-system' ? { 'topology.istio.io/network': networkOf(cluster) } : {};
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

const nodeName = (cluster: Cluster, at: number): string => `${cluster}-node${at}`;
function nodeObject(cluster: Cluster, at: number): KubernetesObject {
  const region = cluster === 'cluster1' ? 'east' : 'west';
  const labels = {
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': `${region}-${at}`,
  };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName(cluster, at), labels } };
}

function serviceObject(
  { namespace, name, app, ports, outside, labels = {}, annotations = {} }: Service,
  clusterIP: string,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels, annotations },
    spec: {
      type: outside === undefined ? 'ClusterIP' : 'LoadBalancer',
      clusterIP,
      selector: { app },
      ports: ports.map(({ name, port, target }) => ({
        ...(name !== '' && { name }),
        port,
        targetPort: target,
      })),
    },
    ...(outside !== undefined && { status: { loadBalancer: { ingress: [{ ip: outside }] } } }),
  };
}

function podObject({ namespace, name, labels, account, address, node }: Pod, cluster: Cluster) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      serviceAccountName: account,
      automountServiceAccountToken: false,
      nodeName: nodeName(cluster, node),
      containers: [{ name: 'app', image: 'app' }],
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

/** Adds what 1.8 reads in the place of EndpointSlices. */
export const forEdition = (
  edition: Edition,
  objects: readonly KubernetesObject[],
): readonly KubernetesObject[] =>
  edition === 'current'
    ? objects
    : objects.flatMap(it => (it.kind === 'EndpointSlice' ? [it, endpointsOf(it)] : [it]));

function endpointsOf({ metadata, ...slice }: KubernetesObject): KubernetesObject {
  const { namespace, labels = {} } = metadata;
  return {
    ...object('v1', 'Endpoints', labels['kubernetes.io/service-name'] ?? '', namespace),
    subsets: [
      {
        addresses: trees(slice['endpoints']).map(({ addresses, nodeName, targetRef }) => ({
          ip: list(addresses)[0],
          ...{ nodeName, targetRef },
        })),
        ports: slice['ports'],
      },
    ],
  };
}

function sliceObject({ namespace, name, app, ports }: Service, pods: readonly Pod[], cluster: Cluster) {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: pods
      .filter(each => each.namespace === namespace && each.labels['app'] === app)
      .map(each => ({
        addresses: [each.address],
        conditions: { ready: true },
        nodeName: nodeName(cluster, each.node),
        targetRef: { kind: 'Pod', name: each.name, namespace },
      })),
    ports: ports.map(({ name, target }) => ({ name, port: target, protocol: 'TCP' })),
  };
}

/** Who asks: all are in the first cluster, but for the last. */
export const PROXIES = [
  'sample/curl',
  'other/curl',
  'sample/helloworld-v1',
  'sample/tcp-echo-v1',
  'sample/any',
  'istio-system/istio-eastwestgateway',
  'istio-system/istio-ingressgateway',
  'sample/helloworld-v2',
] as const;
export type ProxyName = (typeof PROXIES)[number];

const VERSIONS: Readonly<Record<Edition, string>> = { '1.8': '1.8.0', current: '1.30.3' };
/** In 1.8 a variable of the pod says that a gateway routes by SNI. */
const routerModeOf = (proxy: ProxyName, edition: Edition): Readonly<Record<string, string>> =>
  edition === '1.8' && proxy.endsWith('eastwestgateway') ? { ROUTER_MODE: 'sni-dnat' } : {};

/** What the agent of a proxy would tell of itself. */
export function nodeOf(proxy: ProxyName, edition: Edition): XdsNode {
  const isIt = ({ namespace, name }: Pod): boolean => `${namespace}/${name}` === proxy;
  const cluster = CLUSTERS.find(each => podsOf(each).some(isIt));
  const found = cluster && podsOf(cluster).find(isIt);
  if (!found) throw new Error(`no pod ${proxy}`);
  const { namespace, name, labels, account, address } = found;
  const role = namespace === 'istio-system' ? 'router' : 'sidecar';
  return {
    id: `${role}~${address}~${name}.${namespace}~${namespace}.svc.cluster.local`,
    labels,
    metadata: {
      CLUSTER_ID: cluster,
      NETWORK: networkOf(cluster),
      MESH_ID: 'mesh1',
      INTERCEPTION_MODE: 'REDIRECT',
      NAME: name,
      NAMESPACE: namespace,
      SERVICE_ACCOUNT: account,
      INSTANCE_IPS: address,
      ISTIO_VERSION: VERSIONS[edition],
      DNS_CAPTURE: 'true',
      ...routerModeOf(proxy, edition),
    },
  };
}
