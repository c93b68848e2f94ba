/** The diagnosis of a step that failed, from what the clusters hold at that moment. */
import type { Clock } from '../base/clock.ts';
import { linkedSignal } from '../base/deadline.ts';
import { redact } from '../base/redact.ts';
import { ancestorsOf } from '../plan/graph.ts';
import type { Plan, Step, StepId } from '../plan/step.ts';
import type { PlatformAdjustment } from '../platform/platform.ts';
import type { CheckContext, Diagnosis } from '../verify/check.ts';
import { diagnoseStep } from '../verify/diagnose/failed-step.ts';
import { gatherFacts } from '../verify/diagnose/gather-facts.ts';
import { StepIndex } from '../verify/diagnose/steps.ts';
import { tryGather } from '../verify/diagnose/try-gather.ts';
import { mistakesIn, withRepair } from './repair.ts';
import type { StepResult } from './run-step.ts';

/** Milliseconds of the clock for the facts of all clusters. */
const TIMEOUT_MS = 20_000;

/** Where a diagnosis looks: the run's clusters and its plan. */
export interface DiagnosisScene extends Pick<CheckContext, 'topology' | 'clusters' | 'signal'> {
  readonly plan: Plan;
  /** What the platform adds to the guide's commands. */
  readonly adjustments: readonly PlatformAdjustment[];
  readonly clock: Clock;
}

/**
 * Diagnoses a failure of the mesh. A step can lack only what the steps before it should have made, so that no
 * other is named.
 * @returns undefined where neither the step's words nor the clusters tell more
 */
export async function diagnoseFailure(
  step: Step,
  failure: NonNullable<StepResult['failure']>,
  scene: DiagnosisScene,
): Promise<Diagnosis | undefined> {
  const { plan, adjustments, topology, clusters, clock, signal } = scene;
  if (failure.lacks !== undefined) return notObtained(failure.lacks, scene);
  const mistakes = mistakesIn(plan, step.id, failure.message);
  if (mistakes.length > 0) return { cause: 'guide-mistake', sentence: mistakes.join(' '), steps: [step.id] };
  using linked = linkedSignal(signal, {
    clock,
    timeoutMs: TIMEOUT_MS,
    reason: () => new Error(`no answer within ${TIMEOUT_MS / 1000} s`),
  });
  const facts = await tryGather(() => gatherFacts({ topology, clusters, signal: linked.signal }), signal);
  if ('reason' in facts) return undefined;
  const cluster = failure.cluster ?? step.cluster;
  const failed = { cluster, said: failure.message, facts, client: plan.client };
  const diagnosis = diagnoseStep(failed, new StepIndex(plan));
  const before = new Set<StepId>([step.id, ...ancestorsOf(plan, step.id), ...(plan.lacks ?? [])]);
  const [first] = diagnosis?.steps ?? [];
  if (!diagnosis || first === undefined || !before.has(first)) return undefined;
  const { cause, sentence, steps } = diagnosis;
  return withRepair(
    {
      cause,
      sentence: redact(sentence),
      steps: [...new Set([...steps.filter(id => before.has(id)), step.id])],
    },
    plan,
    adjustments,
  );
}

/** Names the step that captures a value; undefined if none does. */
function notObtained(name: string, { plan, adjustments }: DiagnosisScene): Diagnosis | undefined {
  const source = plan.steps.find(({ commands }) =>
    commands.some(({ output }) => output?.to === 'variable' && output.name === name),
  );
  if (!source) return undefined;
  const sentence = `${name} is not known: ${source.id} has not obtained it.`;
  return withRepair({ cause: 'value-not-obtained', sentence, steps: [source.id] }, plan, adjustments);
}
