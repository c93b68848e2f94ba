/** An edition of the guide: it turns a topology into steps. */
import type { EditionName } from '../model/east-west-gateway.ts';
import type { Topology } from '../model/topology.ts';
import type { Erratum, Step } from './step.ts';

/** A step before its deadline is known. */
export type StepDraft = Omit<Step, 'deadlineMs'>;

export interface Edition {
  readonly name: EditionName;
  /** Istio release whose behaviour the edition describes. */
  readonly istioVersion: string;
  /** The `app` label, and the container, of the workload that requests are sent from. */
  readonly client: string;
  /** The edition in a sentence. */
  readonly summary: string;
  /** Every mistake of the guide that some plan departs from. */
  readonly errata: readonly Erratum[];
  /** Returns the steps in the guide's order, as far as the dependencies allow; `planTopology` sorts them. */
  steps(topology: Topology): readonly StepDraft[];
}
