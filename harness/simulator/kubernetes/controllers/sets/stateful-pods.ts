/**
 * The pods of a StatefulSet: their numbers, names and claims
 * (pkg/controller/statefulset/stateful_set_utils.go
 * @v1.34). Pure.
 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import {
  conditionOf,
  type PersistentVolumeClaim,
  type Pod,
  type PodTemplate,
  type StatefulSet,
  type Volume,
} from '../../client/kinds.ts';
import { controllerReference } from '../claim.ts';
import { podFrom } from '../pod-control.ts';

/** The label of a pod with the name of its revision. */
const REVISION_LABEL = 'controller-revision-hash';
const NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** Returns the number of a pod of this set; undefined for a pod with another name. */
export function ordinalOf({ metadata }: Pod, set: StatefulSet): number | undefined {
  const [, parent = '', ordinal = ''] = /^(.*)-(\d+)$/.exec(metadata.name ?? '') ?? [];
  return parent === set.metadata.name && ordinal !== '' ? Number(ordinal) : undefined;
}

export const startOf = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;

/** Tells whether the set has a place for the number. */
export const isInRange = (ordinal: number, set: StatefulSet): boolean =>
  ordinal >= startOf(set) && ordinal < startOf(set) + (set.spec.replicas ?? 1);

export const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[REVISION_LABEL] ?? '';

const claimName = (set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`;

/** Makes the claims of one pod. */
export function claimsOf(set: StatefulSet, ordinal: number): readonly KubernetesObject[] {
  const { namespace = '' } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map(template => {
    const { labels, annotations } = template.metadata;
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: claimName(set, template, ordinal),
        namespace,
        labels: { ...labels, ...set.spec.selector.matchLabels },
        ...(annotations && { annotations: { ...annotations } }),
      },
      spec: template.spec,
    };
  });
}

/** Returns the volumes of a pod: one for each claim, in the place of those of its name. */
function volumesWith(set: StatefulSet, ordinal: number, before: readonly Volume[] = []): readonly Volume[] {
  const templates = set.spec.volumeClaimTemplates ?? [];
  const names = templates.map(({ metadata }) => metadata.name);
  return [
    ...templates.map(template => ({
      name: template.metadata.name ?? '',
      persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
    })),
    ...before.filter(({ name }) => !names.includes(name)),
  ];
}

/** The labels by which a pod is known. */
export const identityLabels = (set: StatefulSet, ordinal: number): Record<string, string> => ({
  [NAME_LABEL]: `${set.metadata.name}-${ordinal}`,
  [INDEX_LABEL]: String(ordinal),
});

/** Makes a pod. @param revision - the name of the template's revision */
export function statefulPod(
  set: StatefulSet,
  template: PodTemplate,
  revision: string,
  ordinal: number,
): KubernetesObject {
  const { namespace = '', name = '' } = set.metadata;
  const { serviceName = '' } = set.spec;
  const owner = controllerReference({ apiVersion: 'apps/v1', kind: 'StatefulSet', owner: set });
  const made = podFrom(
    {
      ...template,
      spec: {
        ...template.spec,
        hostname: `${name}-${ordinal}`,
        ...(serviceName !== '' && { subdomain: serviceName }),
        volumes: volumesWith(set, ordinal, template.spec.volumes),
      },
    },
    namespace,
    `${name}-`,
    owner,
  );
  return {
    ...made,
    metadata: {
      ...made.metadata,
      name: `${name}-${ordinal}`,
      labels: { ...made.metadata.labels, ...identityLabels(set, ordinal), [REVISION_LABEL]: revision },
    },
  };
}

/** Tells whether a pod has lost the labels by which it is known. */
export const hasIdentity = ({ metadata }: Pod, set: StatefulSet, ordinal: number): boolean =>
  Object.entries(identityLabels(set, ordinal)).every(([key, value]) => metadata.labels?.[key] === value);

export const isReady = ({ status }: Pod): boolean =>
  status?.phase === 'Running' && conditionOf(status.conditions, 'Ready')?.status === 'True';

/** Tells whether a pod has been ready for long enough. @param now - milliseconds since the epoch */
export function isAvailable({ status }: Pod, { spec }: StatefulSet, now: number): boolean {
  const ready = conditionOf(status?.conditions, 'Ready');
  if (ready?.status !== 'True') return false;
  const minimum = (spec.minReadySeconds ?? 0) * 1000;
  return minimum === 0 || Date.parse(ready.lastTransitionTime ?? '') + minimum <= now;
}
