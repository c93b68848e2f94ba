/** Who the proxies of a world of `up` are: the node that the agent in a pod would tell istiod. */
import { spawnSync } from 'node:child_process';
import type { XdsNode } from '../../harness/simulator/istio/xds/node.ts';
import type { NodeType } from '../support/recording.ts';

/** The three kinds of proxies that the guide has, by a label of their pods. */
const PODS = {
  curl: { namespace: 'sample', selector: 'app=curl', role: 'sidecar' },
  helloworld: { namespace: 'sample', selector: 'app=helloworld', role: 'sidecar' },
  gateway: { namespace: 'istio-system', selector: 'istio=eastwestgateway', role: 'router' },
} as const satisfies Record<NodeType, object>;

interface Pod {
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: {
    serviceAccountName?: string;
    initContainers?: Container[];
    containers: Container[];
  };
  status: { podIP: string };
}
interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

/**
 * Reads the pod of a kind.
 * @returns undefined if the cluster has none: one network needs no gateway
 */
export function nodeOf(kubeconfig: string, cluster: string, type: NodeType): XdsNode | undefined {
  const { namespace, selector, role } = PODS[type];
  const argv = [
    '--kubeconfig',
    kubeconfig,
    '--context',
    cluster,
    '-n',
    namespace,
    'get',
    'pods',
    '-l',
    selector,
  ];
  const { stdout } = spawnSync('kubectl', [...argv, '-o', 'json'], { encoding: 'utf8' });
  const pod = (JSON.parse(stdout) as { items: Pod[] }).items[0];
  if (!pod) return undefined;
  const { metadata, spec, status } = pod;
  const proxy = [...(spec.initContainers ?? []), ...spec.containers].find(
    ({ name }) => name === 'istio-proxy',
  );
  const told = (proxy?.env ?? []).flatMap(({ name, value }): [string, string][] =>
    name.startsWith('ISTIO_META_') && value !== undefined ? [[name.slice('ISTIO_META_'.length), value]] : [],
  );
  return {
    id: `${role}~${status.podIP}~${metadata.name}.${namespace}~${namespace}.svc.cluster.local`,
    labels: metadata.labels,
    metadata: {
      ...Object.fromEntries(told),
      NAME: metadata.name,
      NAMESPACE: namespace,
      SERVICE_ACCOUNT: spec.serviceAccountName ?? 'default',
      INSTANCE_IPS: status.podIP,
      ISTIO_VERSION: '1.30.3',
      DNS_CAPTURE: 'true',
    },
  };
}
