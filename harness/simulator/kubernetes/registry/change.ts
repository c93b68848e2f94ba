/** The record of a write to the store, and its listener. */
import type { KubernetesObject } from './json.ts';

/** One write, in the words of a watch. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resourceVersion: number;
  /** The new state; for DELETED the last one, with the version of the deletion. */
  readonly object: KubernetesObject;
  /** The state before; undefined for ADDED. */
  readonly previous: KubernetesObject | undefined;
}

/** Hears of changes in their order. It may write: that change comes after this one. */
export type ChangeListener = (change: Change) => void;
