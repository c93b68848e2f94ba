/**
 * Keeps the status of disruption budgets: the number of pods that each budget lets go now
 * (pkg/controller/disruption/disruption.go @v1.32).
 */

import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import {
  type Condition,
  conditionOf,
  controllerOf,
  isActive,
  isTrue,
  keyOf,
  type Pod,
  type PodDisruptionBudget,
  type Stored,
  timestamp,
} from '../client/kinds.ts';
import { matchesSelector } from '../client/label-selector.ts';
import type { TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { portionOf } from './rollout.ts';

const BUDGETS = 'poddisruptionbudgets.policy';

/**
 * Tells whether a budget covers a pod of its namespace: without a selector it covers none, with an empty one
 * all.
 */
export function isCovered(budget: PodDisruptionBudget, pod: Pod): boolean {
  const { selector } = budget.spec;
  return selector !== undefined && matchesSelector(selector, pod.metadata.labels);
}

/** Counts the pods that there should be: the replicas of all that control these. */
function expectedScale(client: TypedClient, pods: readonly Pod[]): number {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const namespace = pod.metadata.namespace ?? '';
    const set =
      owner?.kind === 'ReplicaSet' ? client.get('replicasets.apps', namespace, owner.name) : undefined;
    const above = set && controllerOf(set);
    const deployment =
      above?.kind === 'Deployment' ? client.get('deployments.apps', namespace, above.name) : undefined;
    const controller: Stored = deployment ?? set ?? pod;
    // Unlike Kubernetes, a pod that nobody controls counts as one.
    scales.set(controller.metadata.uid ?? '', (deployment ?? set)?.spec.replicas ?? 1);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
}

function wanted(client: TypedClient, { spec }: PodDisruptionBudget, pods: readonly Pod[]) {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) {
    const expected = expectedScale(client, pods);
    return { expected, desired: Math.max(0, expected - portionOf(maxUnavailable, expected, Math.ceil)) };
  }
  if (typeof minAvailable === 'string') {
    const expected = expectedScale(client, pods);
    return { expected, desired: portionOf(minAvailable, expected, Math.ceil) };
  }
  return { expected: pods.length, desired: minAvailable ?? 0 };
}

/** Judges how many of a budget's pods may go now. */
function statusOf(client: TypedClient, budget: PodDisruptionBudget, now: number) {
  const pods = client
    .list('pods', { namespace: budget.metadata.namespace ?? '' })
    .filter(pod => isCovered(budget, pod));
  const healthy = pods.filter(pod => isActive(pod) && isTrue(pod.status?.conditions, 'Ready')).length;
  const { expected, desired } = wanted(client, budget, pods.filter(isActive));
  const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0;
  const observedGeneration = budget.metadata.generation ?? 1;
  const before = conditionOf(budget.status?.conditions, 'DisruptionAllowed');
  return {
    currentHealthy: healthy,
    desiredHealthy: desired,
    disruptionsAllowed: allowed,
    expectedPods: expected,
    observedGeneration,
    conditions: [allowedCondition(allowed > 0, before, { observedGeneration, now })],
  };
}

/** Makes the condition that says whether a pod may go; its time is that of the last change. */
function allowedCondition(
  isAllowed: boolean,
  before: Condition | undefined,
  { observedGeneration, now }: { readonly observedGeneration: number; readonly now: number },
) {
  const status = isAllowed ? ('True' as const) : ('False' as const);
  return {
    type: 'DisruptionAllowed',
    status,
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration,
    lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? '') : timestamp(now),
  };
}

/** Starts the controller of the budgets' statuses. */
export function startDisruptionController({ component, client, clock }: ControllerContext): Controller {
  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    const budget = client.get(BUDGETS, namespace, name);
    if (budget) client.updateStatus(BUDGETS, { ...budget, status: statusOf(client, budget, clock.now()) });
  };
  const queue = new WorkQueue(component, sync, BUDGETS);
  const stops = [() => queue.stop(), ...watchBudgets(client, key => queue.add(key))];
  return { stop: () => stopAll(stops) };
}

/**
 * Tells which budgets a change may concern: of themselves, of a pod, of a Deployment.
 * @returns how to stop each watch
 */
function watchBudgets(client: TypedClient, add: (key: string) => void): readonly (() => void)[] {
  const addFor = (pod: Pod) => {
    for (const budget of client.list(BUDGETS, { namespace: pod.metadata.namespace ?? '' })) {
      if (isCovered(budget, pod)) add(keyOf(budget));
    }
  };
  return [
    client.watch(BUDGETS, {}, ({ type, object }) => {
      if (type !== 'DELETED') add(keyOf(object));
    }),
    client.watch('pods', {}, ({ object, previous }) => {
      addFor(object);
      if (previous) addFor(previous);
    }),
    client.watch('deployments.apps', {}, ({ object: { metadata } }) => {
      for (const budget of client.list(BUDGETS, { namespace: metadata.namespace ?? '' })) add(keyOf(budget));
    }),
  ];
}
