/**
 * The proxy that a verb is about: which pod is meant, and what its administration says. istio/istio
 * istioctl/pkg/util/handlers/handlers.go
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { type Call, notSimulated } from './verb.ts';

export interface ProxyPod {
  readonly name: string;
  readonly namespace: string;
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

/** All containers of a pod: a proxy that is a native sidecar stands among those that initialize. */
export function containersOf(pod: KubernetesObject): readonly Container[] {
  const { containers = [], initContainers = [] } = (pod['spec'] ?? {}) as {
    containers?: readonly Container[];
    initContainers?: readonly Container[];
  }; // of a Pod
  return [...containers, ...initContainers];
}

/** What has pods of its own: most have a whole selector, a Service has labels only. */
interface Workload extends KubernetesObject {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>> & {
      readonly matchLabels?: Readonly<Record<string, string>>;
    };
  };
}

const WORKLOADS: ReadonlySet<string> = new Set([
  ...['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'jobs', 'services'],
]);
const POD_WORDS = new Set(['po', 'pod', 'pods']);
const PROXY = 'istio-proxy';
const UNREACHED =
  'failure running port forward process: failure running port forward process: building port forwarded';

/**
 * @param word - `POD`, `POD.NAMESPACE`, or `deploy/NAME`, `deploy/NAME.NAMESPACE` for the first of its pods
 * @throws ToolExit for a kind that has no pods of its own here
 */
export async function proxyPod({ client, flags, mapper, signal }: Call, word: string): Promise<ProxyPod> {
  const [kind, rest] = word.includes('/')
    ? [word.slice(0, word.indexOf('/')), word.slice(word.indexOf('/') + 1)]
    : ['pod', word];
  const dot = rest.lastIndexOf('.');
  const name = dot < 0 ? rest : rest.slice(0, dot);
  const namespace = dot < 0 ? (flags.text('namespace') ?? 'default') : rest.slice(dot + 1);
  if (POD_WORDS.has(kind)) return { name, namespace };
  const resource = await mapper.ofName(kind);
  const where = `in the "${namespace}" namespace`;
  if (!resource)
    throw new ToolExit(
      `Error: failed retrieving: the server doesn't have a resource type "${kind}" ${where}`,
    );
  const { apiVersion, plural, group } = resource;
  const full = group === '' ? plural : `${plural}.${group}`;
  if (!WORKLOADS.has(plural)) throw notSimulated(`istioctl with the pods of ${full}`);
  const workload = (await client.find({ apiVersion, plural, namespace, name }, signal)) as
    | Workload
    | undefined; // of `plural`
  if (!workload) throw new ToolExit(`Error: failed retrieving: ${full} "${name}" not found ${where}`);
  const selector = workload.spec?.selector;
  const labels = Object.entries((plural === 'services' ? selector : selector?.matchLabels) ?? {});
  const selectors = { labelSelector: labels.map(([key, value]) => `${key}=${value}`).join(',') };
  const { items } = await client.list({ apiVersion: 'v1', plural: 'pods', namespace }, selectors, signal);
  const first = items.map(({ metadata }) => metadata.name ?? '').sort()[0];
  if (first === undefined || labels.length === 0) throw new ToolExit(`Error: no pods match "${word}"`);
  return { name: first, namespace };
}

/**
 * A page of the proxy's administration, asked for from inside its container.
 * @param path - `config_dump?include_eds`
 * @throws ToolExit if the pod has no proxy, or the proxy does not answer
 */
export async function askProxy({ client, signal }: Call, pod: ProxyPod, path: string): Promise<unknown> {
  const found = await client.find({ apiVersion: 'v1', plural: 'pods', ...pod }, signal);
  if (!found)
    throw new ToolExit(
      `Error: failed to execute command on ${pod.name}.${pod.namespace} sidecar: ${UNREACHED}: failed ` +
        `retrieving: pods "${pod.name}" not found in the "${pod.namespace}" namespace`,
    );
  if (!containersOf(found).some(({ name }) => name === PROXY)) {
    throw new ToolExit(
      `Error: the pod ${pod.namespace}/${pod.name} has no container ${PROXY}: no sidecar was injected`,
    );
  }
  const argv = ['pilot-agent', 'request', 'GET', path];
  const { exitCode, stdout, stderr } = await client.exec(pod.namespace, pod.name, PROXY, argv, { signal });
  if (exitCode === 0) return JSON.parse(stdout);
  throw new ToolExit(
    `Error: failed to execute command on ${pod.name}.${pod.namespace} sidecar: ${stderr.trim().replace(/^Error: /, '')}`,
  );
}
