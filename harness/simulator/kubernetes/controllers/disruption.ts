/**
 * Keeps the status of disruption budgets: the number of pods that each budget lets go now
 * (pkg/controller/disruption/disruption.go @v1.32).
 */

import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import {
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

/** Starts the controller of the budgets' statuses. */
export function startDisruptionController({ component, client, clock }: ControllerContext): Controller {
  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    const budget = client.get(BUDGETS, namespace, name);
    if (!budget) return;
    const pods = client.list('pods', { namespace }).filter(pod => isCovered(budget, pod));
    const healthy = pods.filter(pod => isActive(pod) && isTrue(pod.status?.conditions, 'Ready')).length;
    const { expected, desired } = wanted(client, budget, pods.filter(isActive));
    const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0;
    const observedGeneration = budget.metadata.generation ?? 1;
    const status = allowed > 0 ? 'True' : 'False';
    const before = conditionOf(budget.status?.conditions, 'DisruptionAllowed');
    client.updateStatus(BUDGETS, {
      ...budget,
      status: {
        currentHealthy: healthy,
        desiredHealthy: desired,
        disruptionsAllowed: allowed,
        expectedPods: expected,
        observedGeneration,
        conditions: [
          {
            type: 'DisruptionAllowed',
            status,
            reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
            message: '',
            observedGeneration,
            lastTransitionTime:
              before?.status === status ? (before.lastTransitionTime ?? '') : timestamp(clock.now()),
          },
        ],
      },
    });
  };
  const queue = new WorkQueue(component, sync, BUDGETS);
  const addFor = (pod: Pod) => {
    for (const budget of client.list(BUDGETS, { namespace: pod.metadata.namespace ?? '' })) {
      if (isCovered(budget, pod)) queue.add(keyOf(budget));
    }
  };
  const stops = [
    () => queue.stop(),
    client.watch(BUDGETS, {}, ({ type, object }) => {
      if (type !== 'DELETED') queue.add(keyOf(object));
    }),
    client.watch('pods', {}, ({ object, previous }) => {
      addFor(object);
      if (previous) addFor(previous);
    }),
    client.watch('deployments.apps', {}, ({ object: { metadata } }) => {
      for (const budget of client.list(BUDGETS, { namespace: metadata.namespace ?? '' }))
        queue.add(keyOf(budget));
    }),
  ];
  return { stop: () => stopAll(stops) };
}
