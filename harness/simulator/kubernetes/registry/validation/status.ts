/** The statuses of workloads, Namespaces and autoscalers (apps, core, autoscaling validation @v1.34). */
import { type FieldError, invalidValue } from '../field-errors.ts';
import { type JsonObject, type KubernetesObject, objectOf } from '../json.ts';
import { nonNegative, numberOf, textOf } from './entries.ts';

const COUNTS = ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'];

/** Checks that counts are not below 0, and that no part is more than the whole. */
function validateCounts(
  status: JsonObject,
  keys: readonly string[],
  parts: readonly string[],
  ready = 'readyReplicas',
): FieldError[] {
  const at = (key: string) => `status.${key}`;
  const errors = keys.flatMap(key => nonNegative(status[key], at(key)));
  const whole = numberOf(status['replicas']);
  for (const key of parts) {
    const count = numberOf(status[key]);
    if (count > whole) errors.push(invalidValue(at(key), count, 'cannot be greater than status.replicas'));
  }
  const available = numberOf(status['availableReplicas']);
  if (available > numberOf(status['readyReplicas']))
    errors.push(invalidValue(at('availableReplicas'), available, `cannot be greater than ${ready}`));
  return errors;
}

/** Checks that the count of hashes that clashed does not go back. */
function validateCollisions(status: JsonObject, old: KubernetesObject | undefined): FieldError[] {
  const [now, before] = [status, objectOf(old?.['status'])].map(of => numberOf(of['collisionCount']));
  if ((now ?? 0) >= (before ?? 0)) return [];
  return [invalidValue('status.collisionCount', now, 'cannot be decremented')];
}

/** Finds what is wrong with the status of a Deployment. */
export function validateDeploymentStatus(
  deployment: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const status = objectOf(deployment['status']);
  const keys = [...COUNTS, 'unavailableReplicas', 'terminatingReplicas', 'collisionCount'];
  return [
    ...validateCounts(status, keys, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
    ...validateCollisions(status, old),
  ];
}

/** Finds what is wrong with the status of a ReplicaSet or ReplicationController. */
export function validateReplicaStatus(set: KubernetesObject): FieldError[] {
  const keys = [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
  ];
  return validateCounts(objectOf(set['status']), keys, [
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
  ]);
}

/** Finds what is wrong with the status of a StatefulSet. */
export function validateStatefulSetStatus(
  set: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const status = objectOf(set['status']);
  const parts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];
  const keys = ['replicas', ...parts, 'observedGeneration', 'collisionCount'];
  return [...validateCounts(status, keys, parts, 'status.readyReplicas'), ...validateCollisions(status, old)];
}

const DAEMON_COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

/** Finds what is wrong with the status of a DaemonSet. */
export function validateDaemonSetStatus(
  set: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const status = objectOf(set['status']);
  return [
    ...DAEMON_COUNTS.flatMap(key => nonNegative(status[key], `status.${key}`)),
    ...validateCollisions(status, old),
  ];
}

/** Finds what is wrong with the status of a Namespace: its phase follows from its deletion. */
export function validateNamespaceStatus(namespace: KubernetesObject): FieldError[] {
  const phase = textOf(objectOf(namespace['status'])['phase']);
  const isEnding = namespace.metadata.deletionTimestamp !== undefined;
  const expected = isEnding ? 'Terminating' : 'Active';
  if (phase === expected) return [];
  const text = `may only be '${expected}' if \`deletionTimestamp\` is ${isEnding ? 'not ' : ''}empty`;
  return [invalidValue('status.Phase', phase, text)];
}

/** Finds what is wrong with the status of a HorizontalPodAutoscaler. */
export const validateAutoscalerStatus = (autoscaler: KubernetesObject): FieldError[] =>
  ['currentReplicas', 'desiredReplicas'].flatMap(key =>
    nonNegative(objectOf(autoscaler['status'])[key], `status.${key}`),
  );

/** Finds what is wrong with the status of a PodDisruptionBudget. */
export const validateBudgetStatus = (budget: KubernetesObject): FieldError[] =>
  ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'].flatMap(key =>
    nonNegative(objectOf(budget['status'])[key], `status.${key}`),
  );
