/**
 * Puts a run together: topology → plan → platform → tools → runner → report. What the command line and the
 * library share.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from './base/clock.ts';
import { HarnessError, messageOf } from './base/errors.ts';
import { packageRoot, packageVersion } from './base/package-root.ts';
import { createRandom } from './base/random.ts';
import { withImages } from './model/sample-images.ts';
import type { Topology } from './model/topology.ts';
import { checkStepIds } from './plan/graph.ts';
import { planTopology } from './plan/plan.ts';
import type { Plan, StepId } from './plan/step.ts';
import { platformMaker, type RealSettings } from './platform/catalog.ts';
import type { Platform, Programs, StartedPlatform } from './platform/platform.ts';
import { buildReport } from './report/build.ts';
import type { ConformanceReport } from './report/report.ts';
import type { RunEvent, RunListener, Verdict } from './run/events.ts';
import { type RunOutcome, run as runPlan } from './run/runner.ts';
import { createEmbeddedTools } from './tools/embedded/embedded-tools.ts';
import type { Tools } from './tools/tools.ts';
import { checksFor } from './verify/catalog.ts';
import type { Check } from './verify/check.ts';
import { expectedShares } from './verify/groups.ts';
import { planSample, type SamplePlan } from './verify/statistics.ts';

export interface SessionOptions {
  readonly topology: Topology;
  /**
   * The plan to run; by default that of the topology and `edition`. A mutated one shows what the checks see.
   */
  readonly plan?: Plan;
  /** `1.8` or `current`; by default `1.8` on the simulator, `current` elsewhere. Of no effect with `plan`. */
  readonly edition?: string;
  /** A name of the catalog, or a platform; `simulator` by default. */
  readonly platform?: string | Platform;
  /** For platforms with real clusters that are given by their name. */
  readonly real?: RealSettings;
  /**
   * What is left behind at the end, where the platform can: everything, or what a run that did not pass has
   * made.
   */
  readonly keep?: 'always' | 'on-failure';
  /** Told what stays, how to reach it, how to remove it. */
  readonly onKept?: (lines: readonly string[]) => void;
  /** Where the clusters are described at the first failure, before anything is cleaned up. */
  readonly diagnosticsFolder?: string | ((runId: string) => string);
  /** The same seed gives the same run on the simulator; `1` by default. */
  readonly seed?: string;
  /** Size of the fixed sample per source; by default the smallest that holds the risk, 300 at least. */
  readonly requests?: number;
  /** Accepted probability of a wrong verdict, each way; 1e-6 by default. */
  readonly risk?: number;
  /** Steps to leave out; implies `keepGoing`. */
  readonly omit?: readonly StepId[];
  readonly keepGoing?: boolean;
  /** Also check what the guide claims but does not verify. */
  readonly extended?: boolean;
  /** Instead of those that go with the topology. */
  readonly checks?: readonly Check[];
  readonly signal?: AbortSignal;
  readonly listeners?: readonly RunListener[];
  /** Called before the clean-up, whatever happened until then: to look at the clusters once more. */
  readonly beforeCleanUp?: (platform: StartedPlatform) => Promise<void>;
}

/** A session whose options were found to be good; nothing has been started yet. */
export interface PreparedSession {
  readonly runId: string;
  readonly plan: Plan;
  readonly sample: SamplePlan;
  start(): Promise<RunOutcome>;
}

/**
 * Checks everything that can be wrong with the options, and reads every file that the run needs: nothing may
 * be read while a world runs.
 * @throws HarnessError ERR_UNKNOWN_EDITION, ERR_UNKNOWN_PLATFORM, ERR_UNKNOWN_STEP, ERR_SAMPLE_SIZE
 */
export async function prepareSession(options: SessionOptions): Promise<PreparedSession> {
  const { topology, seed = '1', omit = [], listeners = [], signal, beforeCleanUp } = options;
  const plan = options.plan ?? planTopology(topology, options.edition ?? defaultEdition(options.platform));
  checkStepIds(plan, omit);
  const sample = planSample(options.requests, {
    expectedShares: expectedShares(topology),
    ...(options.risk !== undefined && { risk: options.risk }),
  });
  const platform =
    typeof options.platform === 'object'
      ? options.platform
      : await platformMaker(options.platform ?? 'simulator')({
          seed,
          ...(options.real && { real: options.real }),
        });
  platform.check?.(topology);
  const samples = await readSamples(plan.edition);
  const runId = newRunId();
  const tools = async (started: StartedPlatform): Promise<Tools> => {
    const { programs } = started;
    if (programs) {
      const { createProcessTools } = await import('./tools/process-tools.ts');
      return await createProcessTools({
        clusters: started.clusters,
        samples: await readReleaseSamples(programs),
        edition: plan.edition,
        binaries: programs,
        env: programs.env,
      });
    }
    return createEmbeddedTools({
      clusters: started.clusters,
      clock: started.clock,
      random: createRandom(seed).stream('tools'),
      samples,
      istioVersion: plan.istioVersion,
    });
  };
  const { diagnosticsFolder } = options;
  const folder = typeof diagnosticsFolder === 'function' ? diagnosticsFolder(runId) : diagnosticsFolder;
  let described: Promise<void> | undefined;
  const describe = (started: StartedPlatform): Promise<void> => {
    described ??= folder === undefined ? Promise.resolve() : started.collectDiagnostics(folder);
    return described;
  };
  return {
    runId,
    plan,
    sample,
    start: () =>
      runPlan({
        topology,
        plan,
        platform,
        tools,
        verify: {
          checks: options.checks ?? checksFor(topology, plan, { extended: options.extended ?? false }),
          sample,
        },
        listeners,
        omit,
        keepGoing: options.keepGoing ?? false,
        seed,
        runId,
        ...(signal && { signal }),
        ...(folder !== undefined && { diagnosticsFolder: folder }),
        onFirstFailure: describe,
        beforeCleanUp: async (started, verdict) => {
          // What ended the run may have been no step's failure.
          if (verdict !== 'passed' && !signal?.aborted) await describe(started);
          await beforeCleanUp?.(started);
          keepIfAsked(started, verdict, options);
          options.onKept?.(started.stays ?? []);
        },
      }),
  };
}

/**
 * Runs a topology from the start to the clean-up.
 * @returns the report, whatever the verdict: failures of the mesh and of the environment are values
 * @throws HarnessError for options that are wrong, before anything is started
 */
export async function run(options: SessionOptions): Promise<ConformanceReport> {
  const events: RunEvent[] = [];
  const startedAtMs = systemClock.now();
  const session = await prepareSession({
    ...options,
    listeners: [event => void events.push(event), ...(options.listeners ?? [])],
  });
  await session.start();
  return reportOf(events, startedAtMs);
}

/** The report of one or more runs that began at `startedAtMs` (the wall's clock) and have just ended. */
export function reportOf(events: readonly RunEvent[], startedAtMs: number): ConformanceReport {
  const endedAtMs = systemClock.now();
  return buildReport(events, {
    harnessVersion: packageVersion(),
    nodeVersion: process.version,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    wallDurationMs: endedAtMs - startedAtMs,
    host: { os: `${os.type()} ${os.release()}`, architecture: os.arch(), cpus: os.cpus().length },
  });
}

/** The edition that is run unless another is asked for. */
export const defaultEdition = (platform: string | Platform = 'simulator'): string =>
  (typeof platform === 'string' ? platform : platform.name) === 'simulator' ? '1.8' : 'current';

function keepIfAsked(started: StartedPlatform, verdict: Verdict, { keep, onKept }: SessionOptions): void {
  if (keep === 'always' || (keep === 'on-failure' && verdict !== 'passed')) onKept?.(started.keep?.() ?? []);
}

/** Folders of a release's `samples` from which some plan takes something. */
const SAMPLE_FOLDERS = ['helloworld', 'sleep', 'curl', 'multicluster'];

/** The samples of an unpacked Istio release that plans apply. */
async function readReleaseSamples({
  istioFolder: release,
  sampleImages = {},
}: Programs): Promise<ReadonlyMap<string, string>> {
  const there = new Set(await readdir(path.join(release, 'samples')));
  const parts = await Promise.all(
    SAMPLE_FOLDERS.filter(name => there.has(name)).map(async name => {
      const files = await readFolder(path.join(release, 'samples', name));
      return [...files].map(
        ([file, text]) => [`samples/${name}/${file}`, withImages(text, sampleImages)] as const,
      );
    }),
  );
  return new Map(parts.flat());
}

/** The files that the guide finds in Istio's release archive: `samples/helloworld/helloworld.yaml` → text. */
export async function readSamples(edition: string): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(packageRoot(), 'fixtures', 'samples', edition);
  try {
    return new Map([...(await readFolder(folder))].map(([file, text]) => [`samples/${file}`, text] as const));
  } catch (error) {
    throw new HarnessError('ERR_UNREADABLE_FILE', `The samples can not be read: ${messageOf(error)}`, {
      hint: 'They belong to mesh-harness; install the package again.',
      cause: error,
    });
  }
}

/** Path within the folder, with slashes → text; sorted. */
async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry =>
    entry.isFile(),
  );
  const files = entries
    .map(entry => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
  return new Map(
    await Promise.all(
      files.map(
        async file =>
          [file.replaceAll(path.sep, '/'), await readFile(path.join(folder, file), 'utf8')] as const,
      ),
    ),
  );
}

/** Sorts by time, and differs between two runs that start at once. */
function newRunId(): string {
  const time = new Date(systemClock.now()).toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
