/** The steps of a run: in which order they begin, and how each of them ends. */
import { linkedSignal } from '../base/deadline.ts';
import type { Step, StepId } from '../plan/step.ts';
import type { StartedPlatform } from '../platform/platform.ts';
import type { Tools } from '../tools/tools.ts';
import { type DiagnosisScene, diagnoseFailure } from './diagnose-step.ts';
import type { Emitter } from './emitter.ts';
import type { Problem, RunEvent, StepOutcome } from './events.ts';
import type { Findings } from './findings.ts';
import { judge, type Scene } from './judge.ts';
import type { RunOptions } from './run.ts';
import { runStep, type StepResult } from './run-step.ts';
import { type Around, runGraph } from './schedule.ts';

/** What a run's steps and checks share with the run around them. */
export interface Surroundings {
  readonly options: RunOptions;
  readonly started: StartedPlatform;
  readonly emitter: Emitter;
  readonly findings: Findings;
  readonly keepGoing: boolean;
  readonly omitted: ReadonlySet<StepId>;
  /** When the run began, in milliseconds of the platform's clock. */
  readonly originMs: number;
  readonly signal: AbortSignal;
  /** Looks at the platform after the first failure; later failures wait for it too. */
  readonly onFailure: () => Promise<void>;
}

/** What the dependents of a step need to know of it. */
interface Ended {
  readonly id: StepId;
  readonly outcome: StepOutcome;
  readonly problem?: Problem;
  /** True: it has done all of its work, and nothing that comes after lacks anything. */
  readonly isComplete?: boolean;
}

/** How a step came to its end; a step that never began has neither time nor commands. */
interface Ending extends Omit<Ended, 'id'> {
  /** Milliseconds of the platform's clock. */
  readonly durationMs?: number;
  readonly commands?: Extract<RunEvent, { type: 'step-ended' }>['commands'];
}

/** How a step begins: what it tells, and what ends it before its time. */
interface Beginning {
  readonly begun: () => void;
  /** The run's by default. */
  readonly signal?: AbortSignal;
  /** Returns the step that it follows and that has failed meanwhile. */
  readonly lacks?: () => Ended | undefined;
}

/** Tells whether what needs a step cannot begin. */
const blocks = ({ outcome, isComplete }: Ended): boolean =>
  outcome !== 'done' && outcome !== 'omitted' && !isComplete;

/** Says why a step was not begun, or was given up. */
const withoutIt = ({ id, problem }: Ended): Problem => ({
  kind: problem?.kind ?? 'environment',
  message: `It needs ${id}, which has not been done.`,
});

/** What a failed step is judged and diagnosed by. */
export type StepScene = Scene & DiagnosisScene;

/** Names a step with its cluster, as progress does. */
const nameOf = ({ cluster, title }: Step): string =>
  cluster === undefined || title.includes(cluster) ? title : `${cluster}: ${title}`;

/** Runs a plan's steps on clusters that are up, and remembers how each ended. */
export class PlanSteps {
  readonly #around: Surroundings;
  readonly #tools: Tools;
  readonly #scene: () => StepScene;
  /** Values that steps have captured. */
  readonly #variables = new Map<string, string>();
  /** Names that some step of the plan captures. */
  readonly #captured: ReadonlySet<string>;
  /** Outcome of each step, in the plan's order; empty before `run`. */
  readonly outcomes = new Map<StepId, StepOutcome>();

  /** @param scene - called when a step has failed, to judge whose fault that is */
  constructor(around: Surroundings, tools: Tools, scene: () => StepScene) {
    this.#around = around;
    this.#tools = tools;
    this.#scene = scene;
    const commands = around.options.plan.steps.flatMap(step => step.commands);
    this.#captured = new Set(
      commands.flatMap(({ output }) => (output?.to === 'variable' ? [output.name] : [])),
    );
  }

  /**
   * Runs each step as soon as those that it needs have ended, or have begun where it follows them; those that
   * clean up have their own time.
   */
  async run(isCleanUp = false): Promise<void> {
    const { plan } = this.#around.options;
    for (const { id } of plan.steps) if (!this.outcomes.has(id)) this.outcomes.set(id, 'skipped');
    const steps = plan.steps.filter(step => (step.isCleanUp === true) === isCleanUp);
    await runGraph<Step, Ended>(steps, async (step, beside) => {
      const ended = await this.#runStep(step, beside);
      this.outcomes.set(step.id, ended.outcome);
      return ended;
    });
  }

  async #runStep(step: Step, { before, beside, begun }: Around<Ended>): Promise<Ended> {
    const { omitted, keepGoing, signal } = this.#around;
    const { id } = step;
    // The run's end is one event; steps that it leaves over get none.
    if (signal.aborted) return { id, outcome: 'skipped' };
    if (omitted.has(id)) return this.#end(id, { outcome: 'omitted' });
    if (keepGoing) return await this.#begin(step, { begun });
    const blocker = [...before, ...beside.flatMap(({ outcome }) => outcome ?? [])].find(blocks);
    if (blocker) return this.#end(id, { outcome: 'skipped', problem: withoutIt(blocker) });
    if (beside.length === 0) return await this.#begin(step, { begun });
    // It is given up if what it follows fails.
    using linked = linkedSignal(signal);
    let lacks: Ended | undefined;
    const giveUp = (ended: Ended) => {
      if (!blocks(ended)) return;
      lacks ??= ended;
      linked.abort(new Error(withoutIt(ended).message));
    };
    for (const { ended } of beside) ended.then(giveUp, () => {}); // the run ends with one that throws
    return await this.#begin(step, { begun, signal: linked.signal, lacks: () => lacks });
  }

  async #begin(step: Step, { begun, signal: own, lacks }: Beginning): Promise<Ended> {
    const { started, emitter, findings, signal, onFailure } = this.#around;
    const { id } = step;
    const startedAtMs = started.clock.now();
    emitter.emit({ type: 'step-started', step: id });
    begun();
    const { commands, failure } = await this.#attempt(step, own ?? signal);
    const durationMs = started.clock.now() - startedAtMs;
    if (signal.aborted) return this.#end(id, { outcome: 'interrupted', durationMs, commands });
    const lacking = lacks?.();
    if (lacking)
      return this.#end(id, { outcome: 'skipped', durationMs, commands, problem: withoutIt(lacking) });
    if (!failure) return this.#end(id, { outcome: 'done', durationMs, commands });
    const message = `${nameOf(step)}: ${failure.message}`;
    const scene = this.#scene();
    const problem: Problem = failure.isEnvironment
      ? { kind: 'environment', message }
      : await judge(message, scene, () => diagnoseFailure(step, failure, scene));
    findings.add(problem, 'step');
    const ended = this.#end(id, { outcome: 'failed', durationMs, commands, problem });
    await onFailure();
    return failure.isDifference ? { ...ended, isComplete: true } : ended;
  }

  async #attempt(step: Step, signal: AbortSignal): Promise<StepResult> {
    const { started, emitter, keepGoing } = this.#around;
    let lastMessage = '';
    return await runStep(step, {
      tools: this.#tools,
      clock: started.clock,
      adjustments: started.adjustments,
      variables: this.#variables,
      captured: this.#captured,
      keepGoing,
      signal,
      onCommand: told =>
        emitter.emit(
          'result' in told
            ? { type: 'command-ended', step: step.id, command: told }
            : { type: 'command-started', step: step.id, line: told.line },
        ),
      onProgress: message => {
        if (message !== lastMessage) emitter.emit({ type: 'step-progress', step: step.id, message });
        lastMessage = message;
      },
    });
  }

  #end(id: StepId, { outcome, durationMs = 0, commands = [], problem }: Ending): Ended {
    const told = problem && { problem };
    this.#around.emitter.emit({ type: 'step-ended', step: id, outcome, durationMs, commands, ...told });
    return { id, outcome, ...told };
  }
}
