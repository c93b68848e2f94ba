/** The warnings among a namespace's events that still hold. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { at, text } from './object-fields.ts';

/** Returns the distinct messages of warnings, oldest first, five at most, without those that are overcome. */
export function warningsIn(events: readonly KubernetesObject[]): readonly string[] {
  const warnings = events
    .filter(event => event['type'] === 'Warning' && !isOvercome(event, events))
    .map(event => `${text(event['reason']) ?? ''}: ${text(event['message']) ?? ''}`);
  return [...new Set(warnings)].slice(0, 5);
}

/**
 * Tells whether a controller has done by now what failed: if a pod is refused, it tries again until it gets
 * the pod.
 */
function isOvercome(event: KubernetesObject, events: readonly KubernetesObject[]): boolean {
  if (event['reason'] !== 'FailedCreate') return false;
  const about = (each: KubernetesObject) =>
    `${text(at(each, 'involvedObject', 'kind')) ?? ''}/${text(at(each, 'involvedObject', 'name')) ?? ''}`;
  const time = (each: KubernetesObject) => text(each['lastTimestamp']) ?? '';
  return events.some(
    other =>
      other['reason'] === 'SuccessfulCreate' &&
      about(other) === about(event) &&
      Date.parse(time(other)) >= Date.parse(time(event)),
  );
}
