/** The mark of a run on what it makes in someone's cluster: the manager that the API server notes. */
import type { KubernetesObject } from '../base/kubernetes-client.ts';

/** How a removal of what a run has made went. */
export interface Removed {
  /** What could not be removed, one sentence each. */
  readonly failures: readonly string[];
  /** Objects with a name of the harness that belong to someone else. */
  readonly left: readonly string[];
}

/** Names a run in `managedFields` of what it creates. */
export const managerOf = (runId: string): string => `mesh-harness-${runId}`;

/** One writer of an object, as the API has it. */
interface Writer {
  readonly manager?: string;
  readonly fieldsV1?: { readonly 'f:metadata'?: { readonly 'f:labels'?: object } };
}

const writersOf = ({ metadata }: KubernetesObject): readonly Writer[] =>
  (metadata['managedFields'] ?? []) as readonly Writer[];

/** Lists the writers of an object, as the API server noted them. */
export const managersOf = (object: KubernetesObject): readonly string[] =>
  writersOf(object).map(({ manager = '' }) => manager);

/** Tells whether it was this manager who wrote a label as it is now. */
export const hasLabelled = (object: KubernetesObject, by: string, label: string): boolean =>
  writersOf(object).some(
    ({ manager, fieldsV1 }) =>
      manager === by && Object.hasOwn(fieldsV1?.['f:metadata']?.['f:labels'] ?? {}, `f:${label}`),
  );
