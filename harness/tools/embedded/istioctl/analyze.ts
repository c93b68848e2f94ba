/**
 * `istioctl analyze`, for what can be told from the objects that the guide makes. istio/istio
 * pkg/config/analysis/msg/messages.yaml, galley/pkg/config/analysis @1.8.0
 * Unlike Istio's, it looks at clusters only (no files), and knows four of the messages.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { isNotFound } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { type Call, ISTIO_NAMESPACE, type Verb } from './verb.ts';

type Level = 'Error' | 'Warning' | 'Info';

interface Message {
  readonly level: Level;
  /** `IST0102` */
  readonly code: string;
  /** `Namespace default`, `Pod sample/sleep-1` */
  readonly about: string;
  readonly text: string;
}

/** What the analyzers look at, of one namespace or of all. */
interface Snapshot {
  readonly namespaces: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly services: readonly KubernetesObject[];
  readonly gateways: readonly KubernetesObject[];
  /** Of all namespaces: a Gateway selects pods wherever they are. */
  readonly allPods: readonly KubernetesObject[];
}

const EXIT_ANALYZER_FOUND_ISSUES = 79;
const LEVELS: readonly Level[] = ['Info', 'Warning', 'Error'];
const SYSTEM_NAMESPACES = new Set([
  ISTIO_NAMESPACE,
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

export const analyze: Verb = {
  flags: {
    'all-namespaces': { type: 'boolean', short: 'A' },
    'failure-threshold': { type: 'text' },
    'output-threshold': { type: 'text' },
  },
  maxArgs: 0,
  async run(call) {
    const { flags, invocation } = call;
    const all = flags.boolean('all-namespaces');
    const namespace = flags.text('namespace') ?? 'default';
    const shown = thresholdOf(flags.text('output-threshold') ?? 'Info');
    const failing = thresholdOf(flags.text('failure-threshold') ?? 'Error');
    const snapshot = await snapshotOf(call, all ? undefined : namespace);
    const messages = ANALYZERS.flatMap(analyzer => [...analyzer(snapshot)])
      .filter(({ level }) => LEVELS.indexOf(level) >= LEVELS.indexOf(shown))
      .sort(
        (a, b) =>
          LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) ||
          order(a.code, b.code) ||
          order(a.about, b.about),
      );
    for (const { level, code, about, text } of messages)
      invocation.stdout(`${level} [${code}] (${about}) ${text}\n`);
    if (messages.length === 0) {
      invocation.stdout(
        all
          ? '✔ No validation issues found when analyzing all namespaces.\n'
          : `✔ No validation issues found when analyzing namespace: ${namespace}.\n`,
      );
      return 0;
    }
    if (!messages.some(({ level }) => LEVELS.indexOf(level) >= LEVELS.indexOf(failing))) return 0;
    throw new ToolExit(
      `Error: Analyzers found issues when analyzing ${all ? 'all namespaces' : `namespace: ${namespace}`}.\nSee https://istio.io/v1.8/docs/reference/config/analysis for more information about causes and resolutions.`,
      EXIT_ANALYZER_FOUND_ISSUES,
    );
  },
};

function thresholdOf(word: string): Level {
  const level = LEVELS.find(each => each.toLowerCase() === word.toLowerCase());
  if (!level) throw new ToolExit(`Error: invalid argument "${word}": must be one of Info, Warning, Error`);
  return level;
}

async function snapshotOf({ client, signal }: Call, namespace: string | undefined): Promise<Snapshot> {
  const list = async (apiVersion: string, plural: string): Promise<readonly KubernetesObject[]> => {
    try {
      return (await client.list({ apiVersion, plural }, {}, signal)).items;
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  };
  const within = ({ metadata }: KubernetesObject) =>
    namespace === undefined || metadata.namespace === namespace;
  const allPods = await list('v1', 'pods');
  const namespaces = await list('v1', 'namespaces');
  return {
    namespaces: namespaces.filter(({ metadata }) => namespace === undefined || metadata.name === namespace),
    pods: allPods.filter(within),
    services: (await list('v1', 'services')).filter(within),
    gateways: (await list('networking.istio.io/v1alpha3', 'gateways')).filter(within),
    allPods,
  };
}

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
  readonly containers?: readonly { readonly name: string }[];
}
const specOf = (pod: KubernetesObject) => (pod['spec'] ?? {}) as PodSpec; // of a Pod

function* podsWithoutProxy({ namespaces, pods }: Snapshot): Generator<Message> {
  const injected = new Set(namespaces.filter(isInjected).map(({ metadata }) => metadata.name));
  for (const pod of pods) {
    const { name = '', namespace, annotations } = pod.metadata;
    const { hostNetwork, containers = [] } = specOf(pod);
    const isOut =
      annotations?.['sidecar.istio.io/inject'] === 'false' ||
      labelOf(pod, 'sidecar.istio.io/inject') === 'false';
    if (
      !injected.has(namespace) ||
      hostNetwork ||
      isOut ||
      containers.some(each => each.name === 'istio-proxy')
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

const ANALYZERS: readonly ((snapshot: Snapshot) => Iterable<Message>)[] = [
  namespacesNotInjected,
  podsWithoutProxy,
  gatewaysWithoutPods,
  portsWithoutProtocol,
];

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
