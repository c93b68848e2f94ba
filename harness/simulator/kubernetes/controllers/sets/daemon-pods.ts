/**
 * The pods of a DaemonSet: which nodes have one, and how it is made for its node
 * (pkg/controller/daemon/util/daemonset_util.go @v1.34). Pure.
 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { DaemonSet, Node, Pod, PodSpec } from '../../client/kinds.ts';
import { controllerReference } from '../claim.ts';
import { matchesAffinity, untolerated } from '../node-match.ts';
import { podFrom } from '../pod-control.ts';

const HASH_LABEL = 'controller-revision-hash';
const GENERATION_LABEL = 'pod-template-generation';
const GENERATION = 'deprecated.daemonset.template.generation';

/** Troubles of a node that do not drive such pods away, or keep them from it. */
const TOLERATED: readonly (readonly [key: string, effect: string])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];
const NETWORK_TROUBLE = ['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const;

function withTolerations(spec: PodSpec): PodSpec {
  const { tolerations = [], hostNetwork } = spec;
  const added = [...TOLERATED, ...(hostNetwork ? [NETWORK_TROUBLE] : [])]
    .map(([key, effect]) => ({ key, operator: 'Exists', effect }))
    .filter(
      toleration =>
        !tolerations.some(
          ({ key, operator, effect, value = '', tolerationSeconds }) =>
            key === toleration.key &&
            operator === 'Exists' &&
            effect === toleration.effect &&
            value === '' &&
            tolerationSeconds === undefined,
        ),
    );
  return { ...spec, tolerations: [...tolerations, ...added] };
}

/** Makes the scheduler bind a pod to one node. */
function boundTo(spec: PodSpec, node: string): PodSpec {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  };
  return { ...spec, affinity: { ...spec.affinity, nodeAffinity } };
}

/** Makes the pod of a node. @param hash - of the template's revision */
export function daemonPod(set: DaemonSet, node: string, hash: string): KubernetesObject {
  const { template } = set.spec;
  const { namespace = '', name = '', annotations } = set.metadata;
  const generation = annotations?.[GENERATION];
  const labels = {
    ...template.metadata?.labels,
    ...(generation !== undefined && { [GENERATION_LABEL]: generation }),
    [HASH_LABEL]: hash,
  };
  const made = {
    metadata: { ...template.metadata, labels },
    spec: boundTo(withTolerations(template.spec), node),
  };
  const owner = controllerReference({ apiVersion: 'apps/v1', kind: 'DaemonSet', owner: set });
  return podFrom(made, namespace, `${name}-`, owner);
}

/** Tells whether a pod has the present template. */
export const isUpdated = ({ metadata }: Pod, set: DaemonSet, hash: string): boolean =>
  metadata.labels?.[HASH_LABEL] === hash ||
  (metadata.labels?.[GENERATION_LABEL] !== undefined &&
    metadata.labels[GENERATION_LABEL] === set.metadata.annotations?.[GENERATION]);

/** Returns the node that a pod has, or is made for; undefined if it names none. */
export function nodeOf({ spec }: Pod): string | undefined {
  if ((spec.nodeName ?? '') !== '') return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = required?.nodeSelectorTerms.flatMap(({ matchFields = [] }) => matchFields) ?? [];
  const named = fields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
  return named?.values?.length === 1 ? named.values[0] : undefined;
}

/** Tells whether a node is to have a pod, and whether one that it has may stay (NodeShouldRunDaemonPod). */
export function placeOn(node: Node, set: DaemonSet): { readonly runs: boolean; readonly stays: boolean } {
  const { template } = set.spec;
  const { nodeName = '' } = template.spec;
  const isOther = nodeName !== '' && nodeName !== node.metadata.name;
  if (isOther || !matchesAffinity(template.spec, node)) return { runs: false, stays: false };
  const spec = withTolerations(template.spec);
  const runs = untolerated(spec, node, ['NoSchedule', 'NoExecute']) === undefined;
  return { runs, stays: runs || untolerated(spec, node, ['NoExecute']) === undefined };
}
