/** A step of the guide, as data. */

import type { Command, PlanFile } from '../model/command.ts';
import type { EditionName } from '../model/east-west-gateway.ts';
import type { ClusterName } from '../model/names.ts';

export type StepId = string;

/** The place in the guide that a step comes from. */
export interface GuideReference {
  /** The page, where the guide has several: `multicluster/primary-remote`. */
  readonly page?: string;
  /** Heading of the guide's section: `Configure cluster1 as a primary`. */
  readonly section: string;
  /**
   * First and last line of the passage in the guide's page; absent if the guide has no such step (see
   * `errata`).
   */
  readonly lines?: readonly [number, number];
}

/** The consequences if the step is left out. */
export interface Omission {
  /** True: a run without this step still passes. */
  readonly harmless: boolean;
  /** Why it is harmless, or what is seen without it. */
  readonly because: string;
}

export interface Step {
  /** Stable and unique in its plan: `cluster1/install-istio`, `remote-secret/cluster1-in-cluster2`. */
  readonly id: StepId;
  readonly title: string;
  readonly cluster?: ClusterName;
  readonly guide: GuideReference;
  readonly dependsOn: readonly StepId[];
  /**
   * Steps that need only have begun: it asks again and again for what they bring, while they go on. If one of
   * them fails, it is given up.
   */
  readonly follows?: readonly StepId[];
  readonly files: readonly PlanFile[];
  readonly commands: readonly Command[];
  readonly omission: Omission;
  /** Set for what a guide does at its end to take everything away: it is done after the checks. */
  readonly isCleanUp?: true;
  /** Ids of the errata that shaped this step. */
  readonly errata: readonly string[];
  /** Milliseconds for the whole step. */
  readonly deadlineMs: number;
}

/** A step as a repair: where the guide has it, and what to type, with `CTX_CLUSTER1` … as contexts. */
export interface Repair {
  readonly step: StepId;
  readonly title: string;
  readonly cluster?: ClusterName;
  readonly guide: GuideReference;
  /** Commands that write the files which the others read, as here-documents; mostly none. */
  readonly files: readonly string[];
  /** Texts to paste into a shell, one for each command or pipe. */
  readonly commands: readonly string[];
}

export interface Erratum {
  readonly id: string;
  /** The guide's own text, shortened with `…`. */
  readonly guideLine: string;
  readonly lines?: readonly [number, number];
  /** The page with these lines, as it was named, where a plan was read out of pages. */
  readonly file?: string;
  /** The consequences of following the page to the letter. */
  readonly wouldHappen: string;
  readonly weDo: string;
  /** True: the plan follows the guide here, mistake and all. */
  readonly isLeft?: true;
}

export interface Plan {
  readonly edition: EditionName;
  /** Istio release whose behaviour the edition describes: `1.8.0`. */
  readonly istioVersion: string;
  /** The release that the edition describes, where `istioVersion` is another that it is carried out with. */
  readonly writtenFor?: string;
  readonly scenario: string;
  /**
   * The workload that requests are sent from: its `app` label, which is its container's name too (`sleep`).
   */
  readonly client: string;
  /** In an order in which they can be run one after the other. */
  readonly steps: readonly Step[];
  readonly errata: readonly Erratum[];
  /** Steps that a guide has no commands for, and that our own plan of its mesh has. */
  readonly lacks?: readonly StepId[];
}
