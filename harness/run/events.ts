/**
 * A run as a stream of plain JSON values. A report can be rebuilt from them. Times are milliseconds of the
 * run's clock since its start.
 */
import type { CommandResult } from '../model/command.ts';
import type { Topology } from '../model/topology.ts';
import type { Plan, StepId } from '../plan/step.ts';
import type {
  ControlPlane,
  FoundPlatform,
  PlatformAdjustment,
  PlatformCapabilities,
} from '../platform/platform.ts';
import type { CheckResult, Diagnosis } from '../verify/check.ts';
import type { SeenCluster } from '../verify/seen/seen.ts';

export type Verdict = 'passed' | 'failed' | 'unknown';
export type StepOutcome = 'done' | 'failed' | 'skipped' | 'omitted' | 'interrupted';

/** A command as it was run: arguments with their variables replaced, secrets taken out. */
export interface CommandRecord {
  /** A line that can be pasted into a shell. */
  readonly line: string;
  readonly result: CommandResult;
}

export interface Problem {
  /** A mesh fault fails the run; an environment fault makes it unknown. */
  readonly kind: 'mesh' | 'environment';
  /** What the mesh's fault points to, and what repairs it. It comes first in what people read. */
  readonly diagnosis?: Diagnosis;
  /** What was found. */
  readonly message: string;
  readonly hint?: string;
}

export type RunEvent = {
  readonly atMs: number;
  /** Milliseconds of the wall's clock since 1970; for reports only, as it differs from run to run. */
  readonly wallMs?: number;
} & (
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly topology: Topology;
      readonly plan: Plan;
      readonly platform: {
        readonly name: string;
        readonly capabilities: PlatformCapabilities;
        readonly controlPlane?: ControlPlane;
      };
      readonly clock: 'wall' | 'virtual';
      readonly seed: string;
      /** Size of the fixed sample per source; 0 where nothing is verified. */
      readonly requests: number;
      readonly omitted: readonly StepId[];
      /** True if checks were left out by choice. */
      readonly isPartial?: boolean;
      readonly keepGoing: boolean;
    }
  | {
      readonly type: 'platform-started';
      readonly adjustments: readonly PlatformAdjustment[];
      readonly toolVersions: Readonly<Record<string, string>>;
      /** Absent of a platform that is simulated by design, and of logs from before there was this. */
      readonly found?: FoundPlatform;
      /** What else readers have to know of the platform; a sentence each. */
      readonly remarks?: readonly string[];
    }
  | { readonly type: 'step-started'; readonly step: StepId }
  | { readonly type: 'command-started'; readonly step: StepId; readonly line: string }
  | { readonly type: 'command-ended'; readonly step: StepId; readonly command: CommandRecord }
  | { readonly type: 'step-progress'; readonly step: StepId; readonly message: string }
  | {
      readonly type: 'step-ended';
      readonly step: StepId;
      readonly outcome: StepOutcome;
      readonly durationMs: number;
      readonly commands: readonly CommandRecord[];
      /** For failed and skipped steps: why. */
      readonly problem?: Problem;
    }
  | { readonly type: 'check-started'; readonly check: string }
  | { readonly type: 'check-progress'; readonly check: string; readonly message: string }
  | { readonly type: 'check-ended'; readonly result: CheckResult; readonly durationMs: number }
  /** What is there when steps and checks have ended, before anything is cleaned up. */
  | { readonly type: 'clusters-seen'; readonly clusters: readonly SeenCluster[] }
  /** What was written to simulated clusters that is not simulated, a sentence each; absent if nothing was. */
  | { readonly type: 'not-simulated'; readonly told: readonly string[] }
  | { readonly type: 'clean-up-ended'; readonly failures: readonly string[] }
  | {
      readonly type: 'run-ended';
      readonly verdict: Verdict;
      readonly interrupted: boolean;
      /** The first finding, in a sentence; absent when passed. */
      readonly reason?: Problem;
      readonly durationMs: number;
    }
);

export type RunListener = (event: RunEvent) => void;
