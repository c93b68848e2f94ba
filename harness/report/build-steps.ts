/** The steps of a report, out of the plan and the events of its run. */
import { stripVTControlCharacters } from 'node:util';
import type { Plan, Step, StepId } from '../plan/step.ts';
import type { CommandRecord, RunEvent } from '../run/events.ts';
import type { CommandReport, StepReport } from './report.ts';

type StepEnded = Extract<RunEvent, { readonly type: 'step-ended' }>;

/** Most characters of a failed command's output that a report keeps: its end. */
const OUTPUT_CHARS = 4000;

/** Builds a report of each step, in the order of the plan; those that no event names were not reached. */
export function buildSteps(plan: Plan, events: readonly RunEvent[]): readonly StepReport[] {
  const startedAt = new Map<StepId, number>();
  const ended = new Map<StepId, StepEnded>();
  for (const event of events) {
    if (event.type === 'step-started') startedAt.set(event.step, event.atMs);
    else if (event.type === 'step-ended') ended.set(event.step, event);
  }
  return plan.steps.map(step => buildStep(step, startedAt.get(step.id), ended.get(step.id)));
}

function buildStep(step: Step, startedAtMs: number | undefined, end: StepEnded | undefined): StepReport {
  return {
    id: step.id,
    title: step.title,
    ...(step.cluster !== undefined && { cluster: step.cluster }),
    guide: step.guide,
    outcome: end?.outcome ?? (startedAtMs === undefined ? 'not-reached' : 'interrupted'),
    ...(startedAtMs !== undefined && { startedAtMs }),
    durationMs: end?.durationMs ?? 0,
    commands: (end?.commands ?? []).map(buildCommand),
    ...(end?.problem && { problem: end.problem }),
    harmlessToOmit: step.omission.harmless,
    errata: step.errata,
  };
}

/** Builds the report of a command, without the output of a success: it may be long, or hold a secret. */
function buildCommand({ line, result }: CommandRecord): CommandReport {
  const failed = result.exitCode !== 0 || result.fault !== undefined;
  return {
    line,
    exitCode: result.exitCode,
    ...(result.fault && { fault: result.fault }),
    ...(failed && { stdout: outputOf(result.stdout), stderr: outputOf(result.stderr) }),
  };
}

/** Cuts an output to its end, without terminal controls and times of day, which differ between runs. */
function outputOf(text: string): string {
  const kept = text.length > OUTPUT_CHARS ? `…${text.slice(-OUTPUT_CHARS)}` : text;
  const plain = stripVTControlCharacters(kept).replace(/(?![\n\t])\p{Cc}/gu, '');
  return plain.replace(/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?/g, '<time>');
}
