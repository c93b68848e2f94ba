/** A check: one claim of the guide, verified with evidence. */

import type { ApiClient } from '../base/api-client.ts';
import type { Clock } from '../base/clock.ts';
import type { Command } from '../model/command.ts';
import type { ClusterName } from '../model/names.ts';
import type { ClusterSpec, Topology } from '../model/topology.ts';
import type { Repair } from '../plan/step.ts';
import type { PlatformCapabilities } from '../platform/platform.ts';
import type { Cause } from './diagnose/causes.ts';
import type { StepIndex } from './diagnose/steps.ts';
import type { FaultMeasure } from './fault-measure.ts';
import type { SamplePlan } from './sample-plan.ts';
import type { TakenSamples } from './taken-samples.ts';
import type { Traffic } from './traffic.ts';

/** Plain JSON; goes into reports, so nothing derived from a key, token, port or process id. */
export type Evidence =
  | string
  | number
  | boolean
  | null
  | readonly Evidence[]
  | { readonly [key: string]: Evidence };

/** The clusters that a check asks, its settings, and the callback for its progress. */
export interface CheckContext {
  readonly topology: Topology;
  readonly clusters: ReadonlyMap<ClusterName, { readonly spec: ClusterSpec; readonly client: ApiClient }>;
  readonly capabilities: PlatformCapabilities;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The workload that requests are sent from: its `app` label and container (`sleep`). */
  readonly client: string;
  /** Size of the fixed sample per source, and what is accepted of it. */
  readonly sample: SamplePlan;
  /** The samples that earlier checks have taken; each check of calls notes its own. */
  readonly samples: TakenSamples;
  /** Milliseconds that a check waits for a mesh that is still spreading. */
  readonly convergenceMs: number;
  readonly onProgress: (message: string) => void;
  /**
   * Registers how a change is put back, before it is made. It is done when the check has ended, however it
   * did; the check's signal may have aborted by then.
   */
  readonly putBack: (what: string, undo: () => Promise<void>) => void;
}

/**
 * The outcome of a check. `unknown` means the environment got in the way (an API server refused), not that
 * nothing was asked.
 */
export interface CheckOutcome {
  readonly outcome: 'passed' | 'failed' | 'unknown';
  /** What was found, in a sentence: `300 of 300 answered; v1 148, v2 152`. */
  readonly found: string;
  readonly evidence: Evidence;
  /** True of a failure in which nothing was seen against the claim: it could not be asked. */
  readonly unproved?: true;
  /** On failure: what it points to. */
  readonly diagnosis?: Diagnosis;
  /** Of a check that sends requests: what came back. */
  readonly traffic?: Traffic;
  /** Of a fault that came while calls went on: what was measured. */
  readonly fault?: FaultMeasure;
}

/** What a failure points to. */
export interface Diagnosis {
  readonly cause: Cause;
  readonly sentence: string;
  /** Ids of steps to look at, most likely first. */
  readonly steps: readonly string[];
  /** Takes away what is too much; the run makes the repair of it. */
  readonly undo?: readonly Command[];
  /** How the first of the steps is done, or what is too much undone; the run adds it. */
  readonly repair?: Repair;
}

/** A claim, and how it is verified. */
export interface Check {
  /** `cluster1-reaches-both-versions`: stable; a family of checks makes one per cluster. */
  readonly id: string;
  /** The claim, in a sentence. */
  readonly sentence: string;
  readonly level: 'core' | 'extended';
  /** True if it was asked for by name: then it counts in the verdict, extended or not. */
  readonly isNamed?: boolean;
  /** The cluster it asks from, where there is one. */
  readonly cluster?: ClusterName;
  run(context: CheckContext): Promise<CheckOutcome>;
}

/** A claim as it is declared: what is known of its checks before there is a topology. */
export interface CheckFamily {
  /** The id of its checks, with `CLUSTER` and `PRIMARY` for names of clusters: `CLUSTER-workloads-ready`. */
  readonly id: string;
  /** In a sentence, whatever the clusters are called. */
  readonly claim: string;
  readonly level: 'core' | 'extended';
  /** The heading of the guide that makes the claim. */
  readonly guide: string;
  /** Whom it is about, in words: `each cluster with a client`. */
  readonly appliesTo: string;
  /** What a verdict rests on, in words. */
  readonly evidence: string;
  /** Of a check that changes something in the clusters: what, and how it is put back. */
  readonly changes?: { readonly what: string; readonly putsBack: string };
  /**
   * Makes its checks for a topology, in the order of the clusters; none where the claim says nothing.
   * @param steps - for the ids of the steps that a diagnosis points to
   */
  readonly checksOf: (topology: Topology, steps: StepIndex) => readonly Check[];
}

/** An outcome, with what the check claims. */
export interface CheckResult extends CheckOutcome {
  readonly id: string;
  readonly sentence: string;
  readonly level: 'core' | 'extended';
  readonly isNamed?: boolean;
  readonly cluster?: ClusterName;
}
