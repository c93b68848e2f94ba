/**
 * What the rules of a kind add to an object when it is stored, beyond its defaults
 * (pkg/registry/<group>/<kind>/strategy.go @v1.34: PrepareForCreate, PrepareForUpdate).
 */
import { child } from './fill.ts';
import {
  copy,
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  stringOf,
  stringsOf,
  valueAt,
} from './json.ts';
import { keyOf, type ResourceKey, type ResourceType } from './resources.ts';
import type { UserInfo } from './user.ts';

/** Completes objects of one kind, in place. */
interface KindRules {
  /** Called once the object has its name and its uid. */
  readonly onCreate?: (object: KubernetesObject, user: UserInfo) => void;
  /** Called for writes of the object itself, not of a subresource. */
  readonly onUpdate?: (object: KubernetesObject, old: KubernetesObject) => void;
}

/** The labels that a Job gives its pods: today's, and those of the time before the prefix. */
const JOB_NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'];
const JOB_UID_LABEL = 'batch.kubernetes.io/controller-uid';
const JOB_UID_LABELS = ['controller-uid', JOB_UID_LABEL];

/** Makes the selector of a Job, and the labels that it selects (batch/job/strategy.go, generateSelector). */
function selectOwnPods(job: KubernetesObject): void {
  const spec = child(job, 'spec');
  if (spec['manualSelector'] === true) return;
  const { name = '', uid = '' } = job.metadata;
  const labels = child(child(child(spec, 'template'), 'metadata'), 'labels');
  for (const label of JOB_NAME_LABELS) labels[label] ??= name;
  for (const label of JOB_UID_LABELS) labels[label] ??= uid;
  if (Object.keys(objectOf(job.metadata.labels)).length === 0) job.metadata.labels = { ...stringsOf(labels) };
  const selector = child(child(spec, 'selector'), 'matchLabels');
  selector[JOB_UID_LABEL] ??= uid;
}

/** Counts the templates that a DaemonSet has had, in an annotation (apps/daemonset/strategy.go). */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function countTemplate(set: KubernetesObject, generation: number): void {
  set.metadata.annotations = { ...set.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

const generationOf = (set: KubernetesObject): number =>
  Number.parseInt(stringOf(set.metadata.annotations?.[TEMPLATE_GENERATION]) ?? '', 10) || 0;

/** Writes into a signing request who asks (certificates/certificates/strategy.go). */
function nameRequestor(request: KubernetesObject, { username, uid, groups, extra }: UserInfo): void {
  const spec = child(request, 'spec');
  for (const field of ['username', 'uid', 'groups', 'extra']) delete spec[field];
  Object.assign(spec, {
    ...(username !== '' && { username }),
    ...(uid !== undefined && uid !== '' && { uid }),
    ...(groups.length > 0 && { groups: [...groups] }),
    ...(extra && Object.keys(extra).length > 0 && { extra }),
  });
}

/** What a request asks for stays as it is (the same). */
function keepSpec(request: KubernetesObject, old: KubernetesObject): void {
  request['spec'] = copy(old['spec']);
}

/** Leaves out what a StatefulSet has only behind a gate that is shut (apps/statefulset/strategy.go). */
function dropGated(set: KubernetesObject, old?: KubernetesObject): void {
  const before = old && valueAt(old, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable');
  const limits = valueAt(set, 'spec', 'updateStrategy', 'rollingUpdate');
  if (before === undefined && isObject(limits)) delete limits['maxUnavailable'];
}

/** The sources that a claim may have without a populator (pkg/api/persistentvolumeclaim/util.go). */
const isPlainSource = ({ kind, apiGroup }: JsonObject): boolean =>
  (kind === 'PersistentVolumeClaim' && (apiGroup ?? '') === '') ||
  (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io');

/** Brings both fields for the source of a claim's data into line (the same, NormalizeDataSources). */
function alignSources(claim: KubernetesObject): void {
  const spec = child(claim, 'spec');
  if (isObject(spec['dataSource']) && !isPlainSource(spec['dataSource'])) delete spec['dataSource'];
  // Sources of another namespace are behind a gate that is shut.
  if ((stringOf(objectOf(spec['dataSourceRef'])['namespace']) ?? '') !== '') delete spec['dataSourceRef'];
  for (const field of ['dataSource', 'dataSourceRef']) {
    const source = spec[field];
    if (isObject(source)) source['apiGroup'] ??= null;
  }
  const { dataSource, dataSourceRef } = spec;
  if (isObject(dataSource)) spec['dataSourceRef'] ??= copy(dataSource);
  else if (isObject(dataSourceRef)) {
    const { kind, name, apiGroup } = dataSourceRef;
    spec['dataSource'] = { apiGroup, kind, name };
  }
}

/** Says that a pod waits for its gates (core/pod/strategy.go, applySchedulingGatedCondition). */
function tellOfGates(pod: KubernetesObject): void {
  if (listOf(valueAt(pod, 'spec', 'schedulingGates')).length === 0) return;
  const status = child(pod, 'status');
  const conditions = listOf(status['conditions']);
  if (conditions.some(condition => objectOf(condition)['type'] === 'PodScheduled')) return;
  const gated = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    lastProbeTime: null,
    lastTransitionTime: pod.metadata.creationTimestamp,
  };
  status['conditions'] = [...conditions, gated];
}

const KIND_RULES: Readonly<Record<ResourceKey, KindRules>> = {
  pods: { onCreate: tellOfGates },
  'jobs.batch': { onCreate: selectOwnPods },
  'statefulsets.apps': { onCreate: set => dropGated(set), onUpdate: dropGated },
  persistentvolumeclaims: { onCreate: alignSources },
  persistentvolumes: {
    onCreate: volume => {
      child(volume, 'status')['lastPhaseTransitionTime'] = volume.metadata.creationTimestamp;
    },
  },
  'csidrivers.storage.k8s.io': {
    onCreate: driver => delete child(driver, 'spec')['nodeAllocatableUpdatePeriodSeconds'],
  },
  'certificatesigningrequests.certificates.k8s.io': { onCreate: nameRequestor, onUpdate: keepSpec },
  'daemonsets.apps': {
    onCreate: set => countTemplate(set, Math.max(1, generationOf(set))),
    onUpdate: (set, old) => {
      const isSame = equal(valueAt(set, 'spec', 'template'), valueAt(old, 'spec', 'template'));
      countTemplate(set, generationOf(old) + (isSame ? 0 : 1));
    },
  },
};

/**
 * Completes a new object by the rules of its kind, in place, once it has its name and its uid.
 * @param user - who creates it
 */
export function completeNew(type: ResourceType, object: KubernetesObject, user: UserInfo): void {
  KIND_RULES[keyOf(type)]?.onCreate?.(object, user);
}

/** Completes the new state of an object by the rules of its kind, in place. */
export function completeUpdate(
  type: ResourceType,
  updated: KubernetesObject,
  current: KubernetesObject,
): void {
  KIND_RULES[keyOf(type)]?.onUpdate?.(updated, current);
}
