/** A defect of one component: its place, its error, and the sentence that reports it. */
import { messageOf, throwLater } from '../../../base/errors.ts';
import type { ResourceKey } from '../registry/resources.ts';

/** The object or task that a component worked on. */
export interface Subject {
  /** Absent where the key is of another sort: a uid, the name of a timer. */
  readonly resource?: ResourceKey;
  /** `namespace/name` */
  readonly key: string;
}

/** A defect of the simulator in one component of a simulated cluster. */
export interface Defect {
  /** `deployment`, `kubelet/cluster1-control-plane` */
  readonly component: string;
  /** `threw`: this work has ended, the component goes on. `looped`: the component was stopped. */
  readonly kind: 'threw' | 'looped';
  readonly subjects: readonly Subject[];
  readonly error: Error;
}

/** Names the object that a component worked on: `deployments.apps sample/sleep`. */
export const nameOf = ({ resource, key }: Subject): string =>
  resource === undefined ? key : `${resource} ${key}`;

/** Tells a defect in one line, for a log. */
export function describeDefect({ component, kind, subjects, error }: Defect): string {
  const about = subjects.length === 0 ? '' : ` (${subjects.map(nameOf).join(', ')})`;
  return kind === 'looped'
    ? `${component} was stopped: ${error.message}${about}`
    : `${component} failed: ${messageOf(error)}${about}`;
}

/**
 * Ends the process: throws the error of a defect into the event loop. The default where nobody listens.
 */
export function endProcess({ error }: Defect): void {
  throwLater(error);
}
