/**
 * How the pods of a Job have ended, and which rule of its failure policy that meets
 * (pkg/controller/job/pod_failure_policy.go, job_controller.go @v1.34). Pure.
 */
import {
  type ContainerStatus,
  conditionOf,
  type Job,
  type Pod,
  type PodFailureRule,
} from '../../client/kinds.ts';

/** What keeps a pod until its Job has counted it. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';

/** Tells whether the Job has not counted this pod yet. */
export const isTracked = ({ metadata }: Pod): boolean => {
  const finalizers: unknown = metadata['finalizers'];
  return Array.isArray(finalizers) && finalizers.includes(TRACKING);
};

/** Tells whether pods are replaced only when they have ended, not when they begin to. */
export const replacesFailedOnly = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;

/** Tells whether a pod counts as failed: also one in deletion, for it may never get there. */
export function isFailed(pod: Pod, job: Job): boolean {
  const phase = pod.status?.phase;
  if (phase === 'Failed') return true;
  if (replacesFailedOnly(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && phase !== 'Succeeded';
}

/** What the failure policy makes of a failed pod. */
interface FailureVerdict {
  readonly action?: PodFailureRule['action'];
  /** The failure counts towards the limits. */
  readonly counts: boolean;
  /** Why the whole Job fails, if it does. */
  readonly message?: string;
}

/** Finds the first rule that a failed pod meets. */
export function judge({ spec }: Job, pod: Pod): FailureVerdict {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const cause = causeOf(rule, pod);
    if (cause === undefined) continue;
    const { action } = rule;
    const message = action === 'FailJob' ? `${cause} matching FailJob rule at index ${index}` : undefined;
    return { action, counts: action !== 'Ignore', ...(message !== undefined && { message }) };
  }
  return { counts: true };
}

/** Says what of the pod meets the rule; undefined if nothing does. */
function causeOf(
  { onExitCodes, onPodConditions }: PodFailureRule,
  { metadata, status }: Pod,
): string | undefined {
  const name = `${metadata.namespace}/${metadata.name}`;
  if (onExitCodes) {
    const ended = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(
      container => meetsExitCodes(container, onExitCodes),
    );
    const code = ended?.state.terminated?.exitCode;
    return ended && `Container ${ended.name} for pod ${name} failed with exit code ${code}`;
  }
  const met = status?.conditions?.find(condition =>
    onPodConditions?.some(
      ({ type, status: wanted }) => type === condition.type && wanted === condition.status,
    ),
  );
  return met && `Pod ${name} has condition ${met.type}`;
}

function meetsExitCodes(
  { name, state }: ContainerStatus,
  { containerName, operator, values }: NonNullable<PodFailureRule['onExitCodes']>,
): boolean {
  const code = state.terminated?.exitCode ?? 0;
  if (code === 0 || (containerName !== undefined && containerName !== name)) return false;
  return values.includes(code) === (operator === 'In');
}

/**
 * Returns when a pod ended (backoff_utils.go, getFinishedTime): by its containers, else by its condition,
 * else
 * by its deletion.
 * @returns milliseconds since the epoch
 */
export function endedAt({ metadata, spec, status }: Pod): number {
  const sidecars = new Set((spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const containers = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  const ends = containers.map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends);
  const ready = conditionOf(status?.conditions, 'Ready');
  const unreadySince = ready?.status === 'False' ? Date.parse(ready.lastTransitionTime ?? '') : Number.NaN;
  if (!Number.isNaN(unreadySince)) return unreadySince;
  const { deletionTimestamp, creationTimestamp = '' } = metadata;
  if (deletionTimestamp === undefined) return Date.parse(creationTimestamp);
  return Date.parse(deletionTimestamp) - Number(metadata['deletionGracePeriodSeconds'] ?? 0) * 1000;
}

const isSidecar = ({ restartPolicy }: { readonly restartPolicy?: string }): boolean =>
  restartPolicy === 'Always';
