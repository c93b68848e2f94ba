/**
 * Keeps the status of disruption budgets: the number of pods that each budget lets go now
 * (pkg/controller/disruption/disruption.go @v1.34).
 */

import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../client/controller.ts';
import { referenceTo } from '../client/event-recorder.ts';
import {
  type Condition,
  conditionOf,
  isTrue,
  keyOf,
  type Pod,
  type PodDisruptionBudget,
  timestamp,
} from '../client/kinds.ts';
import { matchesSelector } from '../client/label-selector.ts';
import type { TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { expectedPods } from './expected-pods.ts';
import { printedSelector } from './printed-selector.ts';
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

/** How many pods a budget counts on, and how many of them must be healthy. */
interface Wanted {
  readonly expected: number;
  readonly desired: number;
  readonly hasUnmanaged: boolean;
}

/** Works out what a budget wants of its pods. @returns the reason why nobody can tell */
function wantedOf(client: TypedClient, { spec }: PodDisruptionBudget, pods: readonly Pod[]): Wanted | string {
  const { minAvailable = 0, maxUnavailable } = spec;
  if (maxUnavailable === undefined && typeof minAvailable === 'number')
    return { expected: pods.length, desired: minAvailable, hasUnmanaged: false };
  const counted = expectedPods(client.local, pods);
  if (counted.kind === 'failed') return counted.message;
  const { count: expected, hasUnmanaged } = counted;
  const desired =
    maxUnavailable === undefined
      ? portionOf(minAvailable, expected, Math.ceil)
      : Math.max(0, expected - portionOf(maxUnavailable, expected, Math.ceil));
  return { expected, desired, hasUnmanaged };
}

/** Judges how many of a budget's pods may go now. */
function statusOf(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  { expected, desired }: Wanted,
  now: number,
) {
  const healthy = pods.filter(
    ({ metadata, status }) => metadata.deletionTimestamp === undefined && isTrue(status?.conditions, 'Ready'),
  ).length;
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

/** Lets no pod go as long as nobody can tell how many there should be (failSafe there). */
function failedStatus({ status }: PodDisruptionBudget, message: string, now: number) {
  const before = conditionOf(status?.conditions, 'DisruptionAllowed');
  const observedGeneration = status?.observedGeneration ?? 0;
  const failed = { ...allowedCondition(false, before, { observedGeneration, now }), reason: 'SyncFailed' };
  return {
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    ...status,
    disruptionsAllowed: 0,
    conditions: [{ ...failed, message }],
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
export function startDisruptionController(context: ControllerContext): Controller {
  const { component, client, clock } = context;
  const events = eventRecorder(context, 'controllermanager');
  const tell = (budget: PodDisruptionBudget, type: 'Normal' | 'Warning', reason: string, message: string) =>
    events.record(referenceTo(budget, 'PodDisruptionBudget', 'policy/v1'), type, reason, message);
  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    const budget = client.get(BUDGETS, namespace, name);
    if (!budget) return;
    const pods = client.list('pods', { namespace }).filter(pod => isCovered(budget, pod));
    if (pods.length === 0) tell(budget, 'Normal', 'NoPods', 'No matching pods found');
    const wanted = wantedOf(client, budget, pods);
    if (typeof wanted === 'string') {
      const text = `Failed to calculate the number of expected pods: ${wanted}`;
      tell(budget, 'Warning', 'CalculateExpectedPodCountFailed', text);
      client.updateStatus(BUDGETS, { ...budget, status: failedStatus(budget, wanted, clock.now()) });
      return;
    }
    if (wanted.hasUnmanaged) tell(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget));
    client.updateStatus(BUDGETS, { ...budget, status: statusOf(budget, pods, wanted, clock.now()) });
  };
  const queue = new WorkQueue(component, sync, BUDGETS);
  const stops = [() => queue.stop(), ...watchBudgets(client, key => queue.add(key))];
  return { stop: () => stopAll(stops) };
}

const unmanagedText = ({ spec }: PodDisruptionBudget): string =>
  [
    `Pods selected by this PodDisruptionBudget (selector: ${printedSelector(spec.selector)})`,
    'were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly,',
    'which may result in undefined behavior. To account for these pods please set',
    '".spec.minAvailable" field of the PDB to an integer value.',
  ].join(' ');

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
