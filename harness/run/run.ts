/** A run's options and its outcome. */
import type { Topology } from '../model/topology.ts';
import type { Plan, StepId } from '../plan/step.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import type { Tools } from '../tools/tools.ts';
import type { Check, CheckResult } from '../verify/check.ts';
import type { SamplePlan } from '../verify/sample-plan.ts';
import type { Problem, RunEvent, RunListener, StepOutcome, Verdict } from './events.ts';

/** A plan, the platform that it runs on, and the listeners of the run. */
export interface RunOptions {
  readonly topology: Topology;
  readonly plan: Plan;
  /** Makes the clusters. The run that starts a platform also cleans it up. */
  readonly platform: Platform;
  /** An already started platform of that kind: it is used and left running. */
  readonly started?: StartedPlatform;
  /** Makes the tools for the clusters that were started; the runner disposes of them. */
  readonly tools: (platform: StartedPlatform) => Tools | Promise<Tools>;
  /** The verification after the last step; absent if nothing is to be verified. */
  readonly verify?: Verification;
  readonly listeners?: readonly RunListener[];
  /** Steps that are left out; implies `keepGoing`. */
  readonly omit?: readonly StepId[];
  /**
   * Goes on after a failure as someone who pastes on would: dependents run, a value that was not obtained is
   * the empty string.
   */
  readonly keepGoing?: boolean;
  /** For the report only; the platform and the tools have theirs. */
  readonly seed: string;
  readonly runId: string;
  readonly deadlines?: Deadlines;
  /** Aborts: nothing more is started, what runs is ended, everything is cleaned up. */
  readonly signal?: AbortSignal;
  /** The folder in which a platform may describe why it does not come up. */
  readonly diagnosticsFolder?: string;
  /**
   * Called once, when the first step or core check has failed: everything is still as it then was, and the
   * run waits for it.
   */
  readonly onFirstFailure?: (platform: StartedPlatform) => Promise<void>;
  /**
   * Called before the clean-up, whatever happened until then: for diagnostics, or to keep the clusters for a
   * while.
   */
  readonly beforeCleanUp?: (platform: StartedPlatform, verdict: Verdict) => Promise<void>;
}

/** Checks, and how much each of them may ask. */
export interface Verification {
  /** In the order in which they are to be run. */
  readonly checks: readonly Check[];
  /** Makes those that come after the others, if all of these have passed: each lets a fault come and go. */
  readonly faults?: (started: StartedPlatform) => readonly Check[];
  /** True if checks were left out by choice: then a pass is no conformance. */
  readonly isPartial?: boolean;
  /** The plan whose steps a diagnosis points to; the run's own by default. */
  readonly wholePlan?: Plan;
  /** Size of the fixed sample per source, and what is accepted of it. */
  readonly sample: SamplePlan;
  /** Milliseconds that a check waits for a mesh that is still spreading; two minutes by default. */
  readonly convergenceMs?: number;
}

/** After how long the runner takes something for hung. */
export interface Deadlines {
  /**
   * Milliseconds of the platform's clock for one check; it has its own, shorter ones, and this is only for
   * what hangs. Two hours by default.
   */
  readonly checkMs?: number;
  /** Milliseconds of the wall's clock for the clean-up; two minutes by default. */
  readonly cleanUpMs?: number;
}

/** How a run ended. */
export interface RunOutcome {
  readonly runId: string;
  readonly verdict: Verdict;
  readonly interrupted: boolean;
  /** The first finding; absent when passed. */
  readonly reason?: Problem;
  /** 0 passed, 1 failed, 3 unknown, 130 interrupted. */
  readonly exitCode: number;
  /** Outcome of each step, in the plan's order; empty if it never came to them. */
  readonly steps: ReadonlyMap<StepId, StepOutcome>;
  readonly checks: readonly CheckResult[];
  /** Everything that the listeners were told. */
  readonly events: readonly RunEvent[];
  /** Listeners that threw, one sentence each. */
  readonly listenerFailures: readonly string[];
}
