/**
 * The model of a report: what `report.json` holds, and what every format is a function of. Documented in
 * `docs/reports.md`.
 */
import type { Topology } from '../model/topology.ts';
import type { GuideReference, StepId } from '../plan/step.ts';
import type { ControlPlane, PlatformAdjustment, PlatformCapabilities } from '../platform/platform.ts';
import type { Problem, StepOutcome, Verdict } from '../run/events.ts';
import type { CheckResult } from '../verify/check.ts';
import type { Seen } from '../verify/seen/seen.ts';

/** Name of a program or part → the versions that it told, each once. */
export type FoundVersions = Readonly<Record<string, readonly string[]>>;

/** Grows by one when a field changes its meaning or goes; new fields don't count. */
export const SCHEMA_VERSION = 1;
/** `$schema` of a report, and `$id` of its JSON Schema, which `mesh-harness report schema` prints. */
export const SCHEMA_ID = `urn:mesh-harness:report:${SCHEMA_VERSION}`;

/**
 * The evidence of a report, the weakest first. A run on real clusters that never came up, or were refused,
 * has none. A simulated run proves nothing about Istio itself; one with a real control plane shows what
 * istiod computes and serves, to proxies that are simulated.
 */
export const EVIDENCE_LEVELS = ['none', 'simulated', 'real-control-plane', 'real'] as const;
export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number];

/**
 * The claim about the mesh, in the words of conformance; only a real run makes one, and only if it came to a
 * verdict.
 */
export type Conclusion = 'conformant' | 'nonconformant';

export interface ConformanceReport {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly harness: {
    readonly name: 'mesh-harness';
    readonly version: string | null;
    /** The commit that it was built from, `… with changes` if there were some; null if that is not known. */
    readonly commit: string | null;
  };
  /** The command line that repeats it, for a shell; null of a run that no command line began. */
  readonly reproduce: string | null;
  /** The worst of the scenarios: failed, then unknown, then passed. */
  readonly verdict: Verdict;
  readonly interrupted: boolean;
  /** The weakest of the scenarios. */
  readonly evidence: EvidenceLevel;
  readonly scenarios: readonly ScenarioReport[];
  /**
   * Scenarios that were asked for and never begun, as they were named: an interrupted run's, or those of a
   * part that was not joined. Absent if there are none.
   */
  readonly notBegun?: readonly string[];
  /** Set if this is a part of a run: `--shard 1/3`. */
  readonly shard?: Shard;
  /** Everything that differs between two runs with the same seed. */
  readonly volatile: Volatile;
}

/** A part of a run that is divided among machines. */
export interface Shard {
  /** 1 to `of`. */
  readonly index: number;
  readonly of: number;
  /** The scenarios of the whole run, in their order. */
  readonly scenarios: readonly string[];
}

export interface ScenarioReport {
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly interrupted: boolean;
  readonly conclusion?: Conclusion;
  /** The first finding; absent when passed. */
  readonly reason?: Problem;
  readonly evidence: EvidenceLevel;
  readonly platform: {
    readonly name: string;
    readonly capabilities: PlatformCapabilities;
    readonly controlPlane?: ControlPlane;
  };
  /** The guide's edition, and the release: of a real run the one that was found, if one was. */
  readonly edition: string;
  readonly istioVersion: string;
  /** The release that the edition describes; absent where `found` is. */
  readonly writtenFor?: string;
  /**
   * What programs, API servers and nodes told of themselves: `istiod`, `kubernetes`, `kind` → versions, each
   * once. Absent of simulated runs, and of reports from before there was this.
   */
  readonly found?: FoundVersions;
  /** The clock of all times of this scenario: `virtual` times are the simulated world's. */
  readonly clock: 'wall' | 'virtual';
  readonly seed: string;
  /** Size of the fixed sample per source. */
  readonly requests: number;
  readonly keepGoing: boolean;
  readonly omitted: readonly StepId[];
  readonly topology: Topology;
  /** Arguments that the platform needed beyond the guide. */
  readonly adjustments: readonly PlatformAdjustment[];
  /** What else readers have to know of the platform, such as an image that was taken by its tag alone. */
  readonly remarks?: readonly string[];
  /**
   * What was written to the clusters and has no effect, as it is not simulated: a sentence each, the cluster
   * in front. Absent if nothing was.
   */
  readonly notSimulated?: readonly string[];
  readonly toolVersions: Readonly<Record<string, string>>;
  /** The guide's own mistakes that the plan departs from. */
  readonly errata: readonly ErratumReport[];
  /** In the order of the plan. */
  readonly steps: readonly StepReport[];
  /** In the order in which they were begun; each with its evidence. */
  readonly checks: readonly CheckReport[];
  /** What was seen in the clusters when steps and checks had ended. */
  readonly seen: Seen;
  /** What could not be cleaned up. */
  readonly cleanUpFailures: readonly string[];
  /** Milliseconds of the run's clock. */
  readonly durationMs: number;
}

export interface ErratumReport {
  readonly id: string;
  readonly guideLine: string;
  readonly lines?: readonly [number, number];
  readonly wouldHappen: string;
  readonly weDo: string;
}

export interface StepReport {
  readonly id: StepId;
  readonly title: string;
  readonly cluster?: string;
  readonly guide: GuideReference;
  /** `not-reached`: the run ended before. */
  readonly outcome: StepOutcome | 'not-reached';
  /** Milliseconds of the run's clock since its start; absent if the step was never begun. */
  readonly startedAtMs?: number;
  readonly durationMs: number;
  readonly commands: readonly CommandReport[];
  readonly problem?: Problem;
  /** True if a run without this step would still pass. */
  readonly harmlessToOmit: boolean;
  readonly errata: readonly string[];
}

export interface CommandReport {
  /** A line that can be pasted into a shell. */
  readonly line: string;
  readonly exitCode: number;
  readonly fault?: string;
  /** The end of what it printed; only of commands that failed. */
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface CheckReport extends CheckResult {
  readonly durationMs: number;
}

/** The machine that a run was on. */
export interface Host {
  readonly name?: string;
  readonly os: string;
  readonly architecture: string;
  readonly cpus: number;
}

/** How long a scenario took on the wall's clock, in milliseconds. */
export interface WallTimes {
  readonly scenario: string;
  /** ISO 8601; null of a log of events without it. */
  readonly startedAt: string | null;
  readonly durationMs: number;
  /** By the ids of steps and checks that were begun and ended. */
  readonly steps: Readonly<Record<string, number>>;
  readonly checks: Readonly<Record<string, number>>;
}

/** What the surroundings contribute; whoever calls `buildReport` knows it, the events don't. */
export interface RunFacts {
  /** Scenarios that were asked for, and never begun. */
  readonly notBegun?: readonly string[];
  readonly shard?: Shard;
  readonly harnessVersion?: string;
  readonly harnessCommit?: string;
  readonly reproduce?: string;
  /** The folder that tells of the first failure, relative to the report's. */
  readonly diagnostics?: string;
  /** ISO 8601, the wall's clock. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly wallDurationMs?: number;
  readonly host?: Host;
  readonly nodeVersion?: string;
  /** SHA-256 fingerprints of public certificates, by name: `root`, `cluster1 intermediate`. */
  readonly keyFingerprints?: Readonly<Record<string, string>>;
}

export interface Volatile {
  /** Of the first scenario, and of each. */
  readonly runId: string | null;
  readonly runIds: readonly string[];
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly wallDurationMs: number | null;
  readonly host: Host | null;
  /** The folder that tells of the first failure, relative to the report's; null if none was written. */
  readonly diagnostics: string | null;
  /** Of each scenario, in their order. */
  readonly wallTimes: readonly WallTimes[];
  readonly nodeVersion: string | null;
  readonly keyFingerprints: Readonly<Record<string, string>>;
}
