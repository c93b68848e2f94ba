/**
 * Puts a session together, and finds everything that is wrong with its options before anything is started.
 */
import path from 'node:path';
import { HarnessError, messageOf } from '../base/errors.ts';
import { assertFolderWritable } from '../base/writable-folder.ts';
import { faultChecks } from '../faults/measure/fault-check.ts';
import { faultsOf } from '../faults/measure/requests.ts';
import { scaleDeadlines } from '../plan/deadlines.ts';
import { checkStepIds } from '../plan/graph.ts';
import { planTopology } from '../plan/plan.ts';
import type { Plan, StepId } from '../plan/step.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import type { RunOutcome, Verification } from '../run/run.ts';
import { run as runPlan } from '../run/runner.ts';
import { checksFor } from '../verify/catalog.ts';
import type { CheckChoice } from '../verify/choose-checks.ts';
import { CONVERGENCE_DEADLINE_MS } from '../verify/convergence.ts';
import { expectedShares } from '../verify/groups.ts';
import { planSample, type SamplePlan } from '../verify/sample-plan.ts';
import { togetherIn } from '../verify/together.ts';
import { assertEffects } from './effects.ts';
import type { OpenedOptions } from './opened.ts';
import { allowsChanges, defaultEdition } from './options.ts';
import { newRunId } from './run-id.ts';
import { prepareTarget } from './target.ts';
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
 * Checks everything that can be wrong with the options, and reads every file that the run needs. Nothing may be
 * read while a world runs.
 * @throws HarnessError ERR_UNKNOWN_EDITION, ERR_UNKNOWN_PLATFORM, ERR_UNKNOWN_STEP, ERR_UNKNOWN_CHECK,
 *   ERR_SAMPLE_SIZE, ERR_USAGE for an option without effect or a scale that is none, ERR_UNWRITABLE_FOLDER
 */
export async function prepareSession(options: OpenedOptions): Promise<PreparedSession> {
  const { topology, signal, listeners = [] } = options;
  assertEffects(options);
  const work = prepareWork(options);
  const trace = await traceFor(options);
  const { runId = newRunId() } = options;
  const target = await prepareTarget(options, work.plan, runId, trace);
  assertFaults(options, target.platform);
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
        if (trace?.lost !== undefined) options.onTraceLost?.(trace.lost);
      }
    },
  };
}

/** @throws HarnessError ERR_USAGE for faults on a platform on which nothing can be made to fail */
function assertFaults({ faults = [] }: OpenedOptions, { name, capabilities }: Platform): void {
  if (faults.length === 0 || capabilities.faults) return;
  throw new HarnessError('ERR_USAGE', `Nothing can be made to fail on the platform ${name}.`, {
    hint: 'Faults are made on the simulator. Leave them out.',
  });
}

/** The part of the runner's options that knows no platform. */
interface Work {
  readonly plan: Plan;
  readonly omit: readonly StepId[];
  readonly keepGoing: boolean;
  readonly verify: Verification;
}

function prepareWork(options: OpenedOptions): Work {
  const { topology, requests, risk, omit = [], keepGoing = false, deadlineScale = 1 } = options;
  const whole = options.plan ?? planTopology(topology, options.edition ?? defaultEdition(options.platform));
  const { istioVersion = whole.istioVersion } = options.real ?? {};
  const { writtenFor = whole.istioVersion } = whole;
  const plan = scaleDeadlines({ ...whole, istioVersion, writtenFor }, deadlineScale);
  checkStepIds(plan, omit);
  const sample = planSample(requests, {
    expectedShares: expectedShares(topology),
    together: togetherIn(topology),
    ...(risk !== undefined && { risk }),
  });
  const wholePlan = options.wholePlan ?? plan;
  const checks = options.checks ?? checksFor(topology, wholePlan, choiceOf(options));
  const faults = faultsOf(options.faults, { topology, edition: plan.edition });
  return {
    plan: options.steps === 'none' ? { ...plan, steps: [] } : plan,
    omit,
    keepGoing,
    verify: {
      ...{ checks, wholePlan, sample },
      ...(faults.length > 0 && {
        faults: ({ faults: points }) =>
          points ? faultChecks(faults, { edition: plan.edition, points, checks }) : [],
      }),
      isPartial: [...(options.onlyChecks ?? []), ...(options.skipChecks ?? [])].length > 0,
      convergenceMs: CONVERGENCE_DEADLINE_MS * deadlineScale,
    },
  };
}

const choiceOf = (options: OpenedOptions): CheckChoice => ({
  ...(options.extended !== undefined && { extended: options.extended }),
  ...(options.onlyChecks && { only: options.onlyChecks }),
  ...(options.skipChecks && { skip: options.skipChecks }),
  allowChanges: options.allowChanges ?? allowsChanges(options.platform),
});

/**
 * Opens the trace of the session.
 * @returns undefined if the options ask for none
 */
async function traceFor({ traceFolder }: OpenedOptions): Promise<Trace | undefined> {
  if (traceFolder === undefined) return undefined;
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
