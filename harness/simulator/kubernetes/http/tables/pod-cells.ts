/**
 * The cells of `kubectl get pods`: readiness, status, restarts
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

/** The texts of the columns Ready, Status and Restarts. */
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

/** Computes the cells. @param now - milliseconds since the epoch */
export function podCells(pod: KubernetesObject, now: number): PodCells {
  const cells = new Cells(pod);
  cells.countInitContainers();
  if (!cells.isInitializing || hasTrueCondition(pod, 'Initialized')) cells.countContainers();
  const { restarts, lastRestart } = cells;
  const ago = restarts !== 0 && lastRestart !== 0 ? ` (${humanDuration(now - lastRestart)} ago)` : '';
  return {
    ready: `${cells.ready}/${cells.total}`,
    status: endingOf(pod) ?? cells.reason,
    restarts: `${restarts}${ago}`,
  };
}

/** A pod on its way out says so, unless it has ended by itself. */
function endingOf(pod: KubernetesObject): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  const { reason, phase } = status(pod);
  if (reason === 'NodeLost') return 'Unknown';
  return phase !== 'Succeeded' && phase !== 'Failed' ? 'Terminating' : undefined;
}

/** Words the end of a container: its reason, or its signal, or its exit code. */
function wordOf(terminated: JsonObject): string {
  if (reasonOf(terminated) !== '') return reasonOf(terminated);
  return Number(terminated['signal'] ?? 0) !== 0
    ? `Signal:${String(terminated['signal'])}`
    : `ExitCode:${String(terminated['exitCode'])}`;
}

function firstReason(pod: KubernetesObject): string {
  const { reason, phase, conditions } = status(pod);
  const isGated = objectsOf(conditions).some(
    entry => entry['type'] === 'PodScheduled' && entry['reason'] === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : stringOf(reason) || stringOf(phase) || '';
}

/** Counts over the containers' statuses; the last one that has a word sets the reason. */
class Cells {
  readonly #pod: KubernetesObject;
  readonly #initSpecs: readonly JsonObject[];
  /** The names of init containers that run on beside the others. */
  readonly #restartable: ReadonlySet<unknown>;
  readonly total: number;
  ready = 0;
  restarts = 0;
  /** Milliseconds since the epoch; 0 if none was seen. */
  lastRestart = 0;
  reason: string;
  isInitializing = false;
  #restartableRestarts = 0;

  constructor(pod: KubernetesObject) {
    this.#pod = pod;
    this.#initSpecs = objectsOf(spec(pod)['initContainers']);
    const restartable = this.#initSpecs.filter(container => container['restartPolicy'] === 'Always');
    this.#restartable = new Set(restartable.map(container => container['name']));
    this.total = objectsOf(spec(pod)['containers']).length + this.#restartable.size;
    this.reason = firstReason(pod);
  }

  /** Ends at the first init container that is not done: the pod waits for it. */
  countInitContainers(): void {
    for (const [index, container] of objectsOf(status(this.#pod)['initContainerStatuses']).entries()) {
      this.#noteRestarts(container);
      const isRestartable = this.#restartable.has(container['name']);
      if (isRestartable) this.#restartableRestarts += Number(container['restartCount'] ?? 0);
      const terminated = state(container, 'terminated');
      if (terminated && Number(terminated['exitCode'] ?? 0) === 0) continue;
      if (isRestartable && container['started'] === true) {
        if (container['ready'] === true) this.ready++;
        continue;
      }
      const waiting = reasonOf(state(container, 'waiting'));
      if (terminated) this.reason = `Init:${wordOf(terminated)}`;
      else if (waiting !== '' && waiting !== 'PodInitializing') this.reason = `Init:${waiting}`;
      else this.reason = `Init:${index}/${this.#initSpecs.length}`;
      this.isInitializing = true;
      return;
    }
  }

  countContainers(): void {
    this.restarts = this.#restartableRestarts;
    let isRunning = false;
    for (const container of [...objectsOf(status(this.#pod)['containerStatuses'])].reverse()) {
      this.#noteRestarts(container);
      const terminated = state(container, 'terminated');
      const waiting = reasonOf(state(container, 'waiting'));
      if (waiting !== '') this.reason = waiting;
      else if (terminated) this.reason = wordOf(terminated);
      else if (container['ready'] === true && state(container, 'running')) {
        isRunning = true;
        this.ready++;
      }
    }
    if (this.reason === 'Completed' && isRunning)
      this.reason = hasTrueCondition(this.#pod, 'Ready') ? 'Running' : 'NotReady';
  }

  #noteRestarts(container: JsonObject): void {
    this.restarts += Number(container['restartCount'] ?? 0);
    const finished = stringOf(objectOf(objectOf(container['lastState'])['terminated'])['finishedAt']);
    if (finished !== undefined) this.lastRestart = Math.max(this.lastRestart, Date.parse(finished));
  }
}
