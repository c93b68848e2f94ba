/**
 * What `kubectl get pods` says of a pod: readiness, status, restarts
 * (pkg/printers/internalversion/printers.go, printPod @v1.32).
 */
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  objectOf,
  objectsOf,
  stringOf,
} from '../../registry/json.ts';
import { humanDuration } from './age.ts';
import { spec, status } from './column.ts';

export interface PodCells {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

const state = (container: JsonObject, name: string): JsonObject | undefined => {
  const value = objectOf(container['state'])[name];
  return isObject(value) ? value : undefined;
};

const reasonOf = (value: JsonObject | undefined): string => stringOf(value?.['reason']) ?? '';

function hasTrueCondition(pod: KubernetesObject, type: string): boolean {
  return objectsOf(status(pod)['conditions']).some(
    entry => entry['type'] === type && entry['status'] === 'True',
  );
}

export function podCells(pod: KubernetesObject, now: number): PodCells {
  const podStatus = status(pod);
  const initSpecs = objectsOf(spec(pod)['initContainers']);
  const restartable = new Set(
    initSpecs
      .filter(container => container['restartPolicy'] === 'Always')
      .map(container => container['name']),
  );
  let total = objectsOf(spec(pod)['containers']).length + restartable.size;
  if (total === 0) total = 0;
  let ready = 0;
  let restarts = 0;
  let restartableRestarts = 0;
  let lastRestart = 0;
  let reason = stringOf(podStatus['reason']) || stringOf(podStatus['phase']) || '';
  const gated = objectsOf(podStatus['conditions']).find(
    entry => entry['type'] === 'PodScheduled' && entry['reason'] === 'SchedulingGated',
  );
  if (gated) reason = 'SchedulingGated';
  const noteRestart = (container: JsonObject) => {
    const finished = stringOf(objectOf(objectOf(container['lastState'])['terminated'])['finishedAt']);
    if (finished !== undefined) lastRestart = Math.max(lastRestart, Date.parse(finished));
  };

  let initializing = false;
  const initStatuses = objectsOf(podStatus['initContainerStatuses']);
  for (const [index, container] of initStatuses.entries()) {
    restarts += Number(container['restartCount'] ?? 0);
    noteRestart(container);
    const isRestartable = restartable.has(container['name']);
    if (isRestartable) restartableRestarts += Number(container['restartCount'] ?? 0);
    const terminated = state(container, 'terminated');
    if (terminated && Number(terminated['exitCode'] ?? 0) === 0) continue;
    if (isRestartable && container['started'] === true) {
      if (container['ready'] === true) ready++;
      continue;
    }
    const waiting = reasonOf(state(container, 'waiting'));
    if (terminated) {
      reason =
        reasonOf(terminated) !== ''
          ? `Init:${reasonOf(terminated)}`
          : Number(terminated['signal'] ?? 0) !== 0
            ? `Init:Signal:${String(terminated['signal'])}`
            : `Init:ExitCode:${String(terminated['exitCode'])}`;
    } else if (waiting !== '' && waiting !== 'PodInitializing') reason = `Init:${waiting}`;
    else reason = `Init:${index}/${initSpecs.length}`;
    initializing = true;
    break;
  }

  if (!initializing || hasTrueCondition(pod, 'Initialized')) {
    restarts = restartableRestarts;
    let running = false;
    for (const container of [...objectsOf(podStatus['containerStatuses'])].reverse()) {
      restarts += Number(container['restartCount'] ?? 0);
      noteRestart(container);
      const terminated = state(container, 'terminated');
      const waiting = reasonOf(state(container, 'waiting'));
      if (waiting !== '') reason = waiting;
      else if (terminated) {
        reason =
          reasonOf(terminated) !== ''
            ? reasonOf(terminated)
            : Number(terminated['signal'] ?? 0) !== 0
              ? `Signal:${String(terminated['signal'])}`
              : `ExitCode:${String(terminated['exitCode'])}`;
      } else if (container['ready'] === true && state(container, 'running')) {
        running = true;
        ready++;
      }
    }
    if (reason === 'Completed' && running) reason = hasTrueCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  }
  const phase = podStatus['phase'];
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (podStatus['reason'] === 'NodeLost') reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') reason = 'Terminating';
  }
  const ago = restarts !== 0 && lastRestart !== 0 ? ` (${humanDuration(now - lastRestart)} ago)` : '';
  return { ready: `${ready}/${total}`, status: reason, restarts: `${restarts}${ago}` };
}
