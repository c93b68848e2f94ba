/**
 * What `istioctl analyze` looks for in the objects of a cluster.
 * istio/istio pkg/config/analysis/msg/messages.yaml, galley/pkg/config/analysis/analyzers @1.8.0
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { containersOf } from './proxy-pod.ts';
import { ISTIO_NAMESPACE } from './verb.ts';

/** How bad a finding is. */
export type Level = 'Error' | 'Warning' | 'Info';

/** What an analyzer says of an object. */
export interface Message {
  readonly level: Level;
  /** `IST0102` */
  readonly code: string;
  /** `Namespace default`, `Pod sample/sleep-1` */
  readonly about: string;
  readonly text: string;
}

/** The objects that the analyzers look at, of one namespace or of all. */
export interface Snapshot {
  readonly namespaces: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly services: readonly KubernetesObject[];
  readonly gateways: readonly KubernetesObject[];
  /** Of all namespaces: a Gateway selects pods wherever they are. */
  readonly allPods: readonly KubernetesObject[];
}
const SYSTEM_NAMESPACES = new Set([
  ISTIO_NAMESPACE,
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

const labelOf = ({ metadata }: KubernetesObject, name: string): string | undefined => metadata.labels?.[name];
const isInjected = (namespace: KubernetesObject): boolean =>
  labelOf(namespace, 'istio-injection') === 'enabled' || labelOf(namespace, 'istio.io/rev') !== undefined;

/** injection/injection.go */
function* namespacesNotInjected({ namespaces }: Snapshot): Generator<Message> {
  for (const namespace of namespaces) {
    const { name = '' } = namespace.metadata;
    const hasWord = labelOf(namespace, 'istio-injection') !== undefined;
    if (SYSTEM_NAMESPACES.has(name) || isInjected(namespace) || hasWord) continue;
    yield {
      level: 'Info',
      code: 'IST0102',
      about: `Namespace ${name}`,
      text: `The namespace is not enabled for Istio injection. Run 'kubectl label namespace ${name} istio-injection=enabled' to enable it, or 'kubectl label namespace ${name} istio-injection=disabled' to explicitly mark it as not needing injection.`,
    };
  }
}

interface PodSpec {
  readonly hostNetwork?: boolean;
}
const specOf = (pod: KubernetesObject) => (pod['spec'] ?? {}) as PodSpec; // of a Pod

function* podsWithoutProxy({ namespaces, pods }: Snapshot): Generator<Message> {
  const injected = new Set(namespaces.filter(isInjected).map(({ metadata }) => metadata.name));
  for (const pod of pods) {
    const { name = '', namespace, annotations } = pod.metadata;
    const { hostNetwork } = specOf(pod);
    const isOut =
      annotations?.['sidecar.istio.io/inject'] === 'false' ||
      labelOf(pod, 'sidecar.istio.io/inject') === 'false';
    if (
      !injected.has(namespace) ||
      hostNetwork ||
      isOut ||
      containersOf(pod).some(each => each.name === 'istio-proxy')
    )
      continue;
    yield {
      level: 'Warning',
      code: 'IST0103',
      about: `Pod ${namespace}/${name}`,
      text: `The pod is missing the Istio proxy. This can often be resolved by restarting or redeploying the workload.`,
    };
  }
}

interface GatewaySpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly servers?: readonly { readonly port?: { readonly number?: number } }[];
}

/** gateway/gateway.go: a Gateway that selects nothing configures nothing. */
function* gatewaysWithoutPods({ gateways, allPods }: Snapshot): Generator<Message> {
  for (const gateway of gateways) {
    const { name = '', namespace } = gateway.metadata;
    const { selector = {} } = (gateway['spec'] ?? {}) as GatewaySpec; // of a Gateway
    const labels = Object.entries(selector);
    if (
      labels.length === 0 ||
      allPods.some(pod => labels.every(([key, value]) => labelOf(pod, key) === value))
    )
      continue;
    yield {
      level: 'Error',
      code: 'IST0101',
      about: `Gateway ${namespace}/${name}`,
      text: `Referenced selector not found: "${labels.map(([key, value]) => `${key}=${value}`).join(',')}"`,
    };
  }
}

interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly protocol?: string;
    readonly appProtocol?: string;
  }[];
}

const PROTOCOLS = 'grpc|grpc-web|http|http2|https|http3|mongo|mysql|redis|tcp|tls|udp|hbone|thrift';
const PORT_NAME = new RegExp(`^(${PROTOCOLS})(-.*)?$`);

/** service/portname.go */
function* portsWithoutProtocol({ services, namespaces }: Snapshot): Generator<Message> {
  const injected = new Set(namespaces.filter(isInjected).map(({ metadata }) => metadata.name));
  for (const service of services) {
    const { name = '', namespace } = service.metadata;
    if (!injected.has(namespace)) continue;
    const { ports = [] } = (service['spec'] ?? {}) as ServiceSpec; // of a Service
    for (const { name: portName = '', port, appProtocol, protocol = 'TCP' } of ports) {
      if (protocol !== 'TCP' || appProtocol !== undefined || PORT_NAME.test(portName)) continue;
      yield {
        level: 'Info',
        code: 'IST0118',
        about: `Service ${namespace}/${name}`,
        text: `Port name ${portName} (port: ${port}) doesn't follow the naming convention of Istio port.`,
      };
    }
  }
}

/** Each finds one kind of defect in a snapshot. */
export const ANALYZERS: readonly ((snapshot: Snapshot) => Iterable<Message>)[] = [
  namespacesNotInjected,
  podsWithoutProxy,
  gatewaysWithoutPods,
  portsWithoutProtocol,
];
