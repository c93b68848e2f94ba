/**
 * Puts a session together out of what it runs on and what it runs there, and finds everything that is wrong
 * with its options before anything is started.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { createRandom } from '../base/random.ts';
import { assertFolderWritable } from '../base/writable-folder.ts';
import { checkStepIds } from '../plan/graph.ts';
import { planTopology } from '../plan/plan.ts';
import type { Plan, StepId } from '../plan/step.ts';
import { platformMaker } from '../platform/catalog.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import type { Verdict } from '../run/events.ts';
import type { RunOutcome, Verification } from '../run/run.ts';
import { run as runPlan } from '../run/runner.ts';
import { createEmbeddedTools } from '../tools/embedded/embedded-tools.ts';
import type { Tools } from '../tools/tools.ts';
import { checksFor } from '../verify/catalog.ts';
import { expectedShares } from '../verify/groups.ts';
import { planSample, type SamplePlan } from '../verify/statistics.ts';
import { defaultEdition, type SessionOptions, type TargetOptions, type WorkOptions } from './options.ts';
import { readReleaseSamples, readSamples } from './samples.ts';
import { Trace } from './trace.ts';

/** A session whose options were found to be good; nothing has been started yet. */
export interface PreparedSession {
  readonly runId: string;
  readonly plan: Plan;
  readonly sample: SamplePlan;
  /**
   * Runs it, from the start of the platform to the clean-up.
   * @param started - clusters of the platform that are up already: they are used, and left running
   */
  start(started?: StartedPlatform): Promise<RunOutcome>;
}

/**
 * Checks everything that can be wrong with the options, and reads every file that the run needs: nothing may
 * be read while a world runs.
 * @throws HarnessError ERR_UNKNOWN_EDITION, ERR_UNKNOWN_PLATFORM, ERR_UNKNOWN_STEP, ERR_SAMPLE_SIZE,
 *   ERR_USAGE for a trace of real clusters, ERR_UNWRITABLE_FOLDER
 */
export async function prepareSession(options: SessionOptions): Promise<PreparedSession> {
  const { topology, signal, listeners = [] } = options;
  const work = prepareWork(options);
  const trace = await traceFor(options);
  const runId = newRunId();
  const target = await prepareTarget(options, work.plan, runId, trace);
  return {
    runId,
    plan: work.plan,
    sample: work.verify.sample,
    start: async started => {
      if (options.traceFolder !== undefined) trace?.open(options.traceFolder);
      try {
        return await runPlan({
          topology,
          ...work,
          ...target,
          ...(started && { started }),
          listeners,
          runId,
          ...(signal && { signal }),
        });
      } finally {
        trace?.close();
      }
    },
  };
}

/** What to run: the part of the runner's options that knows no platform. */
interface Work {
  readonly plan: Plan;
  readonly omit: readonly StepId[];
  readonly keepGoing: boolean;
  readonly verify: Verification;
}

function prepareWork(options: WorkOptions & Pick<TargetOptions, 'topology' | 'platform'>): Work {
  const { topology, requests, risk, omit = [], keepGoing = false, extended = false } = options;
  const plan = options.plan ?? planTopology(topology, options.edition ?? defaultEdition(options.platform));
  checkStepIds(plan, omit);
  const sample = planSample(requests, {
    expectedShares: expectedShares(topology),
    ...(risk !== undefined && { risk }),
  });
  const checks = options.checks ?? checksFor(topology, plan, { extended });
  return {
    plan: options.steps === 'none' ? { ...plan, steps: [] } : plan,
    omit,
    keepGoing,
    verify: { checks, sample },
  };
}

/** What to run on: the part of the runner's options that knows no plan beyond its edition. */
interface Target {
  readonly platform: Platform;
  readonly seed: string;
  readonly tools: (started: StartedPlatform) => Promise<Tools>;
  readonly diagnosticsFolder?: string;
  readonly onFirstFailure: (started: StartedPlatform) => Promise<void>;
  readonly beforeCleanUp: (started: StartedPlatform, verdict: Verdict) => Promise<void>;
}

async function prepareTarget(
  options: TargetOptions & Pick<SessionOptions, 'signal'>,
  plan: Plan,
  runId: string,
  trace: Trace | undefined,
): Promise<Target> {
  const { topology, seed = '1', diagnosticsFolder } = options;
  const platform = await platformOf(options, seed, trace);
  platform.check?.(topology);
  const samples = await readSamples(plan.edition);
  const folder = typeof diagnosticsFolder === 'function' ? diagnosticsFolder(runId) : diagnosticsFolder;
  const describe = describeOnce(folder);
  return {
    platform,
    seed,
    tools: started => toolsFor(started, plan, samples, seed),
    ...(folder !== undefined && { diagnosticsFolder: folder }),
    onFirstFailure: describe,
    beforeCleanUp: async (started, verdict) => {
      // What ended the run may have been no step's failure.
      if (verdict !== 'passed' && !options.signal?.aborted) await describe(started);
      await options.beforeCleanUp?.(started);
      keepIfAsked(started, verdict, options);
      options.onKept?.(started.stays ?? []);
    },
  };
}

async function platformOf(options: TargetOptions, seed: string, trace: Trace | undefined): Promise<Platform> {
  const { platform = 'simulator', real, open } = options;
  if (typeof platform === 'object') return platform;
  return await platformMaker(platform)({
    seed,
    ...(real && { real }),
    ...(open && { open }),
    ...(trace && { observer: trace }),
  });
}

/** @returns undefined where no trace is asked for */
async function traceFor({ platform, traceFolder }: TargetOptions): Promise<Trace | undefined> {
  if (traceFolder === undefined) return undefined;
  if (platform !== undefined && platform !== 'simulator') {
    const name = typeof platform === 'string' ? platform : platform.name;
    throw new HarnessError('ERR_USAGE', `A trace is written of the simulator only, not of ${name}.`, {
      hint: 'Real clusters are described in diagnostics/ when a run does not pass.',
    });
  }
  try {
    await assertFolderWritable(path.resolve(traceFolder));
  } catch (error) {
    throw new HarnessError('ERR_UNWRITABLE_FOLDER', `No trace can be written: ${messageOf(error)}`, {
      hint: 'Choose another folder with --trace.',
      cause: error,
    });
  }
  return new Trace();
}

/** The programs of the platform where it has some; else our own tools, inside this process. */
async function toolsFor(
  { clusters, clock, programs }: StartedPlatform,
  { edition, istioVersion }: Plan,
  samples: ReadonlyMap<string, string>,
  seed: string,
): Promise<Tools> {
  if (!programs) {
    const random = createRandom(seed).stream('tools');
    return createEmbeddedTools({ clusters, clock, random, samples, istioVersion });
  }
  const { createProcessTools } = await import('../tools/process-tools.ts');
  return await createProcessTools({
    clusters,
    samples: await readReleaseSamples(programs),
    edition,
    binaries: programs,
    env: programs.env,
  });
}

/** Returns a function that writes the diagnostics when it is called for the first time. */
function describeOnce(folder: string | undefined): (started: StartedPlatform) => Promise<void> {
  let described: Promise<void> | undefined;
  return started => {
    described ??= folder === undefined ? Promise.resolve() : started.collectDiagnostics(folder);
    return described;
  };
}

function keepIfAsked(started: StartedPlatform, verdict: Verdict, { keep, onKept }: TargetOptions): void {
  if (keep === 'always' || (keep === 'on-failure' && verdict !== 'passed')) onKept?.(started.keep?.() ?? []);
}

/** Returns an id that sorts by time, and differs between two runs that start at once. */
function newRunId(): string {
  const time = new Date(systemClock.now()).toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
