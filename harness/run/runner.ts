/** A plan on a platform, from the start to the clean-up, told as events. */
import { setMaxListeners } from 'node:events';
import { type Clock, systemClock } from '../base/clock.ts';
import { CleanupStack } from '../base/dispose.ts';
import { ERROR_CODES, EXIT, HarnessError, messageOf } from '../base/errors.ts';
import { KubernetesClient } from '../base/kubernetes-client.ts';
import { redact } from '../base/redact.ts';
import type { ClusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { checkStepIds } from '../plan/graph.ts';
import type { Plan, Step, StepId } from '../plan/step.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import type { Tools } from '../tools/tools.ts';
import type { Check, CheckResult } from '../verify/check.ts';
import type { SamplePlan } from '../verify/statistics.ts';
import { Emitter } from './emitter.ts';
import { findEnvironmentFault } from './environment.ts';
import type { Problem, RunEvent, RunListener, StepOutcome, Verdict } from './events.ts';
import { Findings } from './findings.ts';
import { runChecks } from './run-checks.ts';
import { runStep } from './run-step.ts';
import { runGraph } from './schedule.ts';

export interface RunOptions {
  readonly topology: Topology;
  readonly plan: Plan;
  /** Where the clusters come from; what is started here is cleaned up here. */
  readonly platform: Platform;
  /** An already started platform of that kind: it is used and left running. */
  readonly started?: StartedPlatform;
  /** Makes the tools for the clusters that were started; the runner disposes of them. */
  readonly tools: (platform: StartedPlatform) => Tools | Promise<Tools>;
  /** What is to be verified once the steps are done; absent: nothing. */
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
  /** Where a platform that does not come up may be described. */
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
  /** Size of the fixed sample per source, and what is accepted of it. */
  readonly sample: SamplePlan;
}

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

const DEFAULT_CHECK_MS = 2 * 3_600_000;
const DEFAULT_CLEAN_UP_MS = 120_000;

/**
 * Runs a plan and verifies what it made.
 * @returns the outcome, whatever it is: failures of the mesh and of the environment are values
 * @throws HarnessError ERR_UNKNOWN_STEP for an unknown step in `omit`, before anything is started
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  checkStepIds(options.plan, options.omit ?? []);
  return await new Run(options).run();
}

class Run {
  readonly #options: RunOptions;
  /** Ends the work: the caller's wish, or a platform that can not go on. */
  #signal: AbortSignal;
  #defect: AbortSignal | undefined;
  readonly #keepGoing: boolean;
  readonly #omitted: ReadonlySet<StepId>;
  readonly #findings = new Findings();
  readonly #listenerFailures: string[] = [];
  readonly #emitter: Emitter;
  readonly #cleanUp = new CleanupStack();
  readonly #steps = new Map<StepId, StepOutcome>();
  #checks: readonly CheckResult[] = [];
  #clock: Clock | undefined;
  #originMs = 0;
  #firstLook: Promise<void> | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
    // Everything that runs side by side listens to it; Node would take more than ten for a leak, and say so
    // on standard error.
    setMaxListeners(0, this.#signal);
    this.#omitted = new Set(options.omit ?? []);
    this.#keepGoing = options.keepGoing === true || this.#omitted.size > 0;
    const elapsedMs = () => (this.#clock ? this.#clock.now() - this.#originMs : 0);
    this.#emitter = new Emitter(options.listeners ?? [], elapsedMs, message =>
      this.#listenerFailures.push(message),
    );
  }

  async run(): Promise<RunOutcome> {
    const { topology, plan, platform, runId, seed, verify } = this.#options;
    // A virtual clock exists only once its world does; until then no time passes in it.
    if (platform.clock === 'wall') this.#startClock(systemClock);
    this.#emitter.emit({
      type: 'run-started',
      runId,
      topology,
      plan,
      platform: { name: platform.name, capabilities: platform.capabilities },
      clock: platform.clock,
      seed,
      requests: verify?.sample.requests ?? 0,
      omitted: plan.steps.map(({ id }) => id).filter(id => this.#omitted.has(id)),
      keepGoing: this.#keepGoing,
    });
    let started: StartedPlatform | undefined;
    try {
      started = await this.#startPlatform();
      await this.#work(started);
    } catch (error) {
      if (!this.#signal.aborted) this.#findings.add(problemOf(error), 'step');
    }
    if (this.#defect?.aborted) this.#findings.add(problemOf(this.#defect.reason), 'step');
    else if (this.#signal.aborted) this.#findings.interrupt(messageOf(this.#signal.reason));
    await this.#endWorld(started);
    return this.#end();
  }

  #startClock(clock: Clock): void {
    this.#clock = clock;
    this.#originMs = clock.now();
  }

  async #startPlatform(): Promise<StartedPlatform> {
    const { platform, topology, started, diagnosticsFolder } = this.#options;
    this.#signal.throwIfAborted();
    const running = started ?? (await platform.start(topology, this.#signal, diagnosticsFolder));
    if (!started) this.#cleanUp.add('end the platform', async () => running[Symbol.asyncDispose]());
    if (platform.clock === 'virtual') this.#startClock(running.clock);
    if (running.defect) {
      this.#defect = running.defect;
      this.#signal = AbortSignal.any([this.#signal, running.defect]);
      setMaxListeners(0, this.#signal);
    }
    return running;
  }

  async #work(started: StartedPlatform): Promise<void> {
    const tools = await this.#options.tools(started);
    this.#cleanUp.add('put the tools away', async () => tools[Symbol.asyncDispose]());
    const toolVersions = await tools.versions(this.#signal);
    this.#emitter.emit({ type: 'platform-started', adjustments: started.adjustments, toolVersions });
    const clients = new Map<ClusterName, KubernetesClient>();
    this.#cleanUp.add('close the connections', () => {
      for (const client of clients.values()) client.close();
    });
    for (const [name, cluster] of started.clusters) {
      const { dial } = cluster;
      clients.set(name, new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {}));
    }
    await this.#runSteps(started, tools, clients);
    if (this.#signal.aborted) return;
    await this.#runChecks(started, clients);
  }

  async #runSteps(
    started: StartedPlatform,
    tools: Tools,
    clients: ReadonlyMap<ClusterName, KubernetesClient>,
  ): Promise<void> {
    const { plan } = this.#options;
    const variables = new Map<string, string>();
    const captured = new Set(
      plan.steps.flatMap(({ commands }) =>
        commands.flatMap(({ output }) => (output?.to === 'variable' ? [output.name] : [])),
      ),
    );
    for (const { id } of plan.steps) this.#steps.set(id, 'skipped');
    await runGraph<Step, Ended>(plan.steps, async (step, before) => {
      const ended = await this.#runStep(step, before, { started, tools, clients, variables, captured });
      this.#steps.set(step.id, ended.outcome);
      return ended;
    });
  }

  async #runStep(step: Step, before: readonly Ended[], shared: Shared): Promise<Ended> {
    const { id } = step;
    const blocker = before.find(({ outcome }) => outcome !== 'done' && outcome !== 'omitted');
    // Not worth an event each: that the run ended before them is told once.
    if (this.#signal.aborted) return { id, outcome: 'skipped' };
    if (this.#omitted.has(id)) return this.#endStep(id, 'omitted', 0, []);
    if (blocker && !this.#keepGoing) {
      const kind = blocker.problem?.kind ?? 'environment';
      return this.#endStep(id, 'skipped', 0, [], {
        kind,
        message: `It needs ${blocker.id}, which has not been done.`,
      });
    }
    const { started, tools, clients, variables, captured } = shared;
    const { clock } = started;
    const startedAtMs = clock.now();
    this.#emitter.emit({ type: 'step-started', step: id });
    let lastMessage = '';
    const { commands, failure } = await runStep(step, {
      tools,
      clock,
      adjustments: started.adjustments,
      variables,
      captured,
      keepGoing: this.#keepGoing,
      signal: this.#signal,
      onProgress: message => {
        if (message !== lastMessage) this.#emitter.emit({ type: 'step-progress', step: id, message });
        lastMessage = message;
      },
    });
    const durationMs = clock.now() - startedAtMs;
    if (this.#signal.aborted) return this.#endStep(id, 'interrupted', durationMs, commands);
    if (!failure) return this.#endStep(id, 'done', durationMs, commands);
    const problem = failure.isEnvironment
      ? ({ kind: 'environment', message: `${step.title}: ${failure.message}` } as const)
      : await this.#judge(`${step.title}: ${failure.message}`, started, clients);
    this.#findings.add(problem, 'step');
    const ended = this.#endStep(id, 'failed', durationMs, commands, problem);
    await this.#lookOnce(started);
    return ended;
  }

  /** Whoever fails meanwhile waits too: what is looked at must not be taken away. */
  #lookOnce(started: StartedPlatform): Promise<void> {
    this.#firstLook ??= (async () => {
      try {
        await this.#options.onFirstFailure?.(started);
      } catch (error) {
        this.#listenerFailures.push(redact(`after the first failure: ${messageOf(error)}`));
      }
    })();
    return this.#firstLook;
  }

  #endStep(
    id: StepId,
    outcome: StepOutcome,
    durationMs: number,
    commands: Extract<RunEvent, { type: 'step-ended' }>['commands'],
    problem?: Problem,
  ): Ended {
    this.#emitter.emit({
      type: 'step-ended',
      step: id,
      outcome,
      durationMs,
      commands,
      ...(problem && { problem }),
    });
    return { id, outcome, ...(problem && { problem }) };
  }

  /** The mesh's fault, unless the environment shows a reason at this very moment. */
  async #judge(
    message: string,
    started: StartedPlatform,
    clients: ReadonlyMap<ClusterName, KubernetesClient>,
    hint?: string,
  ): Promise<Problem> {
    const { clock } = started;
    const sinceMs = clock.kind === 'virtual' ? Number.NEGATIVE_INFINITY : this.#originMs;
    const fault = await findEnvironmentFault(clients, { clock, sinceMs, signal: this.#signal });
    if (fault === undefined) return { kind: 'mesh', message, ...(hint !== undefined && { hint }) };
    return { kind: 'environment', message: redact(fault), hint: redact(`Seen when this failed: ${message}`) };
  }

  async #runChecks(
    started: StartedPlatform,
    clients: ReadonlyMap<ClusterName, KubernetesClient>,
  ): Promise<void> {
    const { topology, plan, platform, verify, deadlines } = this.#options;
    if (!verify) return;
    const clusters = new Map(
      topology.clusters.flatMap(spec => {
        const client = clients.get(spec.name);
        return client ? [[spec.name, { spec, client }] as const] : [];
      }),
    );
    this.#checks = await runChecks(verify.checks, {
      context: {
        topology,
        clusters,
        capabilities: platform.capabilities,
        clock: started.clock,
        client: plan.client,
        sample: verify.sample,
      },
      deadlineMs: deadlines?.checkMs ?? DEFAULT_CHECK_MS,
      signal: this.#signal,
      emitter: this.#emitter,
      onResult: async result => {
        if (result.level !== 'core' || result.outcome === 'passed') return;
        const message = `${result.sentence} ${result.found}`;
        const steps = result.diagnosis?.steps ?? [];
        const hint = result.diagnosis
          ? `${result.diagnosis.sentence}${steps.length > 0 ? ` Look at: ${steps.join(', ')}` : ''}`
          : undefined;
        this.#findings.add(
          result.outcome === 'unknown'
            ? { kind: 'environment', message, ...(hint !== undefined && { hint }) }
            : await this.#judge(message, started, clients, hint),
          'check',
        );
        await this.#lookOnce(started);
      },
    });
  }

  async #endWorld(started: StartedPlatform | undefined): Promise<void> {
    const { beforeCleanUp, deadlines } = this.#options;
    const failures: string[] = [];
    if (started && beforeCleanUp) {
      try {
        await beforeCleanUp(started, this.#findings.verdict);
      } catch (error) {
        failures.push(redact(`before the clean-up: ${messageOf(error)}`));
      }
    }
    // The run's time ends here: a virtual clock stops with its world.
    const endedAtMs = this.#clock?.now() ?? 0;
    const { kind } = this.#clock ?? systemClock;
    this.#clock = { ...systemClock, kind, now: () => endedAtMs };
    failures.push(...(await disposeWithin(this.#cleanUp, deadlines?.cleanUpMs ?? DEFAULT_CLEAN_UP_MS)));
    this.#emitter.emit({ type: 'clean-up-ended', failures });
  }

  #end(): RunOutcome {
    const { verdict, interrupted, reason } = this.#findings;
    const durationMs = (this.#clock?.now() ?? 0) - this.#originMs;
    this.#emitter.emit({ type: 'run-ended', verdict, interrupted, ...(reason && { reason }), durationMs });
    return {
      runId: this.#options.runId,
      verdict,
      interrupted,
      ...(reason && { reason }),
      exitCode: interrupted ? EXIT.interrupted : EXIT[verdict],
      steps: this.#steps,
      checks: this.#checks,
      events: this.#emitter.events,
      listenerFailures: this.#listenerFailures,
    };
  }
}

/** What of a step its dependents need to know. */
interface Ended {
  readonly id: StepId;
  readonly outcome: StepOutcome;
  readonly problem?: Problem;
}

interface Shared {
  readonly started: StartedPlatform;
  readonly tools: Tools;
  readonly clients: ReadonlyMap<ClusterName, KubernetesClient>;
  readonly variables: Map<string, string>;
  readonly captured: ReadonlySet<string>;
}

function problemOf(error: unknown): Problem {
  const message = redact(error instanceof HarnessError ? withCause(error) : messageOf(error));
  const hint = error instanceof HarnessError ? (error.hint ?? ERROR_CODES[error.code].sentence) : undefined;
  return { kind: 'environment', message, ...(hint !== undefined && { hint }) };
}

/** Most messages tell their cause already. */
function withCause({ message, cause }: Error): string {
  const more = cause === undefined ? '' : messageOf(cause);
  return message.includes(more) ? message : `${message} ${more}`;
}

/** The clean-up has a deadline of its own, by the wall: the world's clock may be what hangs. */
async function disposeWithin(cleanUp: CleanupStack, deadlineMs: number): Promise<string[]> {
  let timer: ReturnType<Clock['setTimeout']> | undefined;
  const late = new Promise<string[]>(resolve => {
    timer = systemClock.setTimeout(
      () => resolve([`It did not end within ${deadlineMs / 1000} s.`]),
      deadlineMs,
    );
  });
  const work = cleanUp[Symbol.asyncDispose]().then(
    () => [],
    (error: unknown) =>
      (error instanceof AggregateError ? error.errors : [error]).map(each => redact(messageOf(each))),
  );
  const failures = await Promise.race([work, late]);
  systemClock.clearTimeout(timer);
  return failures;
}
