/**
 * When the change happened that a write of endpoints follows: the annotation from which one measures how long
 * the network takes to learn of it (k8s.io/endpointslice util/trigger_time_tracker.go @v0.34).
 */
import { conditionOf, keyOf, type Pod, type Service } from '../client/kinds.ts';

/** The annotation of Endpoints and slices. */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Remembers, for each Service, the changes that it has seen. */
export class TriggerTimes {
  /** Key of a Service → uid of a pod → the time of its last change. */
  readonly #seen = new Map<string, ReadonlyMap<string, string>>();

  /**
   * Returns the time of the first change since the last call for this Service: that of the Service itself the
   * first time. Undefined if there was none.
   * @param pods - those behind the Service
   */
  next(service: Service, pods: readonly Pod[]): string | undefined {
    const key = keyOf(service);
    const before = this.#seen.get(key);
    const times = new Map<string, string>();
    let first: string | undefined;
    for (const { metadata, status } of pods) {
      const time = conditionOf(status?.conditions, 'Ready')?.lastTransitionTime;
      if (time === undefined) continue;
      times.set(metadata.uid ?? '', time);
      const isNew = time > (before?.get(metadata.uid ?? '') ?? '');
      if (isNew && (first === undefined || time < first)) first = time;
    }
    this.#seen.set(key, times);
    return before ? first : service.metadata.creationTimestamp;
  }

  /** Forgets a Service that is gone. */
  forget(key: string): void {
    this.#seen.delete(key);
  }
}

/** Returns annotations with the time of a change, or without one. */
export function withTriggerTime(
  annotations: Readonly<Record<string, string>> | undefined,
  time: string | undefined,
): Record<string, string> {
  const { [TRIGGER_TIME]: _old, ...others } = annotations ?? {};
  return { ...others, ...(time !== undefined && { [TRIGGER_TIME]: time }) };
}
