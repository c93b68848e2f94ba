/** What the caller of a session decides: what to run on, and what to run there. */
import type { KubernetesMinor } from '../base/kubernetes-versions.ts';
import type { EditionName } from '../model/east-west-gateway.ts';
import type { Topology } from '../model/topology.ts';
import type { Plan, StepId } from '../plan/step.ts';
import type { Platform, PlatformName, StartedPlatform } from '../platform/platform.ts';
import type { RealSettings } from '../platform/real-settings.ts';
import type { RunListener } from '../run/events.ts';
import type { Check } from '../verify/check.ts';

/** What a session runs on: where the clusters come from, and what becomes of them at the end. */
export interface TargetOptions {
  readonly topology: Topology;
  /** A name of the catalog, or a platform; `simulator` by default. */
  readonly platform?: PlatformName | Platform;
  /**
   * The folder for the trace of the run, with the run's own times: requests, connections, xDS, output of
   * processes. Only for the simulator, given by its name.
   */
  readonly traceFolder?: string;
  /** Called after a run whose trace ends early, because it could not be written further; with the error. */
  readonly onTraceLost?: (error: unknown) => void;
  /** For platforms with real clusters that are given by their name. */
  readonly real?: RealSettings;
  /** The same seed gives the same run on the simulator; `1` by default. */
  readonly seed?: string;
  /** Which version of Kubernetes simulated clusters are; `1.34` by default. */
  readonly kubernetes?: KubernetesMinor;
  /** Keeps the clusters at the end, if the platform can: always, or only those of a run that did not pass. */
  readonly keep?: 'always' | 'on-failure';
  /** Called with the text on what stays, how to reach it and how to remove it. */
  readonly onKept?: (lines: readonly string[]) => void;
  /** The folder in which the session describes the clusters at the first failure, before it cleans up. */
  readonly diagnosticsFolder?: string | ((runId: string) => string);
  /** Called before the clean-up, whatever happened until then: to look at the clusters once more. */
  readonly beforeCleanUp?: (platform: StartedPlatform) => Promise<void>;
}

/** What a session runs: which steps of a plan, and which checks after them. */
export interface WorkOptions {
  /**
   * The plan to run; by default that of the topology and `edition`. A mutated one shows what the checks see.
   */
  readonly plan?: Plan;
  /** `1.8` or `current`; by default `1.8` on the simulator, `current` elsewhere. Of no effect with `plan`. */
  readonly edition?: EditionName;
  /**
   * `all` steps of the plan, by default; or `none`, for clusters on which somebody else has carried it out:
   * the session begins with the checks, and a diagnosis names the plan's steps.
   */
  readonly steps?: 'all' | 'none';
  /** The plan that a diagnosis points to, where only a part of it is run; `plan` by default. */
  readonly wholePlan?: Plan;
  /** Steps to leave out; implies `keepGoing`. */
  readonly omit?: readonly StepId[];
  readonly keepGoing?: boolean;
  /**
   * Scales what the run waits for: readiness, addresses, Deployments, convergence; 1 by default. At 0.1
   * istioctl waits for 30 s and the checks for 12 s, on the clock of the wall too.
   */
  readonly deadlineScale?: number;
  /** Size of the fixed sample per source; by default the smallest that holds the risk, 300 at least. */
  readonly requests?: number;
  /** Accepted probability of a wrong verdict, each way; 1e-6 by default. */
  readonly risk?: number;
  /** Also check what the guide claims but does not verify. */
  readonly extended?: boolean;
  /** Ids of checks, or of families of checks: only these, whatever their level. */
  readonly onlyChecks?: readonly string[];
  /** Ids of checks, or of families of checks, that are left out. */
  readonly skipChecks?: readonly string[];
  /**
   * Takes checks that change something in the clusters and put it back; by default where the run makes the
   * clusters, and not on those that exist.
   */
  readonly allowChanges?: boolean;
  /** Instead of those that go with the topology. */
  readonly checks?: readonly Check[];
  /**
   * Faults that come and go after the checks have passed, one after the other, while calls go on: names of
   * the catalog (`drop-calls`, `delay-calls,ms=500`), or `all`. Where the platform lets something fail.
   */
  readonly faults?: readonly string[];
}

/** All options of a session. */
export interface SessionOptions extends TargetOptions, WorkOptions {
  readonly signal?: AbortSignal;
  readonly listeners?: readonly RunListener[];
}

/** Returns the edition that is run on a platform unless another is asked for. */
export const defaultEdition = (platform: string | Platform = 'simulator'): string =>
  nameOf(platform) === 'simulator' ? '1.8' : 'current';

/** Tells whether checks may change something unless it is said: not in clusters that are somebody's. */
export const allowsChanges = (platform: string | Platform = 'simulator'): boolean =>
  nameOf(platform) !== 'existing';

const nameOf = (platform: string | Platform): string =>
  typeof platform === 'string' ? platform : platform.name;
