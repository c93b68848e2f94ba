/** What of an installation's objects settings change, by which ours are held against those of real charts. */
import type { KubernetesObject } from '../../harness/base/kubernetes-client.ts';

type Tree = Readonly<Record<string, unknown>>;
const tree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {});
const pick = (from: unknown, ...names: readonly string[]): Tree =>
  Object.fromEntries(names.flatMap(name => (tree(from)[name] == null ? [] : [[name, tree(from)[name]]])));

const POD = ['serviceAccountName', 'tolerations', 'priorityClassName'];

/** Charts write node selectors of gateways as affinities, and ask for nodes of any kind by empty ones. */
function gistOfPod(template: unknown): Tree {
  const { metadata, spec } = tree(template);
  const containers = tree(spec)['containers'];
  const [container] = Array.isArray(containers) ? containers : [];
  const { labels, annotations } = tree(metadata);
  return {
    ...pick(spec, ...POD),
    labels: pick(labels, 'app', 'istio', 'istio.io/rev', 'g', 'overlaid', 'topology.istio.io/network'),
    annotations: pick(annotations, 'c', 'team'),
    ...pick(container, 'args'),
  };
}

/** As the API server stores ports: of TCP, if nothing else is said. */
const gistOfService = (spec: Tree): Tree => {
  const ports = Array.isArray(spec['ports']) ? spec['ports'] : [];
  return { ...spec, ports: ports.map(port => ({ protocol: 'TCP', ...tree(port) })) };
};

/** Port 443 is what the API server takes if none is told. */
function gistOfWebhook(webhook: Tree): Tree {
  const { port = 443, ...service } = tree(tree(webhook['clientConfig'])['service']);
  return { ...pick(webhook, 'name', 'namespaceSelector', 'objectSelector'), service: { port, ...service } };
}

/** Returns the parts of an object; undefined for what settings leave alone. */
function gistOfObject(object: KubernetesObject): unknown {
  const spec = tree(object['spec']);
  const { annotations, labels } = object.metadata;
  switch (object.kind) {
    case 'Service':
      return { annotations: pick(annotations, 'a', 'e', 'cloud'), ...gistOfService(spec) };
    case 'Deployment':
      return {
        labels: pick(labels, 'team', 'istio.io/rev'),
        ...pick(spec, 'selector', 'strategy'),
        pod: gistOfPod(spec['template']),
      };
    case 'HorizontalPodAutoscaler':
      return pick(spec, 'minReplicas', 'maxReplicas', 'scaleTargetRef');
    case 'PodDisruptionBudget':
      return pick(spec, 'minAvailable', 'maxUnavailable', 'selector');
    case 'ServiceAccount':
      return pick(object, 'imagePullSecrets');
    case 'MutatingWebhookConfiguration':
    case 'ValidatingWebhookConfiguration':
      return (object['webhooks'] as readonly Tree[]).map(webhook => gistOfWebhook(webhook));
    default:
      return {};
  }
}

/** Returns kind, namespace and name of each object, definitions apart, with the parts that settings change. */
export function gistOf(
  objects: readonly (KubernetesObject | null | undefined)[],
): Readonly<Record<string, unknown>> {
  const entries = objects.flatMap(object => {
    if (!object || object.kind === 'CustomResourceDefinition') return [];
    const { name = '', namespace = '' } = object.metadata;
    return [[`${object.kind} ${namespace}/${name}`, gistOfObject(object)] as const];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
