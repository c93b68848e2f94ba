/** A plan on a platform, from the start to the clean-up, told as events. */
import { systemClock } from '../base/clock.ts';
import { type LinkedSignal, linkedSignal } from '../base/deadline.ts';
import { CleanupStack, disposeWithin } from '../base/dispose.ts';
import { EXIT, messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { checkStepIds } from '../plan/graph.ts';
import type { StepId } from '../plan/step.ts';
import type { StartedPlatform } from '../platform/platform.ts';
import type { CheckResult } from '../verify/check.ts';
import { Emitter } from './emitter.ts';
import { Findings } from './findings.ts';
import { problemOf } from './judge.ts';
import { Listeners } from './listeners.ts';
import type { RunOptions, RunOutcome } from './run.ts';
import { RunTime } from './run-time.ts';
import { StartedRun } from './started-run.ts';

const DEFAULT_CLEAN_UP_MS = 120_000;

/**
 * Runs a plan and verifies what it made.
 * @returns the outcome, whatever it is: failures of the mesh and of the environment are values
 * @throws HarnessError ERR_UNKNOWN_STEP for an unknown step in `omit`, before anything is started
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  checkStepIds(options.plan, options.omit ?? []);
  // Everything that runs side by side listens to it. It ends the work: the caller's wish, or a platform that
  // cannot go on.
  using linked = linkedSignal(options.signal);
  return await new Run(options, linked).run();
}

class Run {
  readonly #options: RunOptions;
  readonly #linked: LinkedSignal;
  readonly #signal: AbortSignal;
  readonly #keepGoing: boolean;
  readonly #omitted: ReadonlySet<StepId>;
  readonly #findings = new Findings();
  readonly #listenerFailures: string[] = [];
  readonly #emitter: Emitter;
  readonly #cleanUp = new CleanupStack();
  #platform: StartedPlatform | undefined;
  #work: StartedRun | undefined;
  #checks: readonly CheckResult[] = [];
  readonly #time = new RunTime();
  #firstLook: Promise<void> | undefined;

  constructor(options: RunOptions, linked: LinkedSignal) {
    this.#options = options;
    this.#linked = linked;
    this.#signal = linked.signal;
    this.#omitted = new Set(options.omit ?? []);
    this.#keepGoing = options.keepGoing === true || this.#omitted.size > 0;
    this.#emitter = new Emitter(
      new Listeners(options.listeners ?? [], message => this.#listenerFailures.push(message)),
      () => this.#time.elapsedMs,
      () => systemClock.now(),
    );
  }

  async run(): Promise<RunOutcome> {
    // A virtual clock exists only once its world does; until then no time passes in it.
    if (this.#options.platform.clock === 'wall') this.#time.start(systemClock);
    this.#tellStart();
    try {
      this.#platform = await this.#startPlatform();
      await this.#runOn(this.#platform);
    } catch (error) {
      if (!this.#signal.aborted) this.#findings.add(problemOf(error), 'step');
    }
    await this.#judgePlatform();
    await this.#endWorld();
    return this.#end();
  }

  /** Says whether the platform went on until the end, and was what the topology asks for. */
  async #judgePlatform(): Promise<void> {
    const { defect, proven } = this.#platform ?? {};
    const unproven = await proven?.then(
      () => undefined,
      (reason: unknown) => ({ reason }),
    );
    if (defect?.aborted) {
      if (unproven) this.#findings.annul(problemOf(defect.reason));
      else this.#findings.add(problemOf(defect.reason), 'step');
    } else if (unproven && !this.#options.signal?.aborted) {
      this.#findings.annul(problemOf(unproven.reason));
    } else if (this.#signal.aborted) this.#findings.interrupt(messageOf(this.#signal.reason));
  }

  #tellStart(): void {
    const { topology, plan, platform, runId, seed, verify } = this.#options;
    this.#emitter.emit({
      type: 'run-started',
      runId,
      topology,
      plan,
      platform: {
        name: platform.name,
        capabilities: platform.capabilities,
        ...(platform.controlPlane && { controlPlane: platform.controlPlane }),
      },
      clock: platform.clock,
      seed,
      requests: verify?.sample.requests ?? 0,
      omitted: plan.steps.map(({ id }) => id).filter(id => this.#omitted.has(id)),
      ...(verify?.isPartial === true && { isPartial: true }),
      keepGoing: this.#keepGoing,
    });
  }

  async #startPlatform(): Promise<StartedPlatform> {
    const { platform, topology, started, diagnosticsFolder } = this.#options;
    this.#signal.throwIfAborted();
    const running = started ?? (await platform.start(topology, this.#signal, diagnosticsFolder));
    if (!started) this.#cleanUp.add('end the platform', async () => running[Symbol.asyncDispose]());
    if (platform.clock === 'virtual') this.#time.start(running.clock);
    if (running.defect) this.#linked.follow(running.defect);
    running.proven?.catch((error: unknown) => this.#linked.abort(error));
    return running;
  }

  async #runOn(started: StartedPlatform): Promise<void> {
    const around = {
      options: this.#options,
      started,
      emitter: this.#emitter,
      findings: this.#findings,
      keepGoing: this.#keepGoing,
      omitted: this.#omitted,
      originMs: this.#time.originMs,
      signal: this.#signal,
      onFailure: () => this.#lookOnce(started),
    };
    this.#work = await StartedRun.open(around, this.#cleanUp);
    await this.#work.runSteps();
    // A check would ask on networks of which nobody knows yet what they are.
    await started.proven;
    if (!this.#signal.aborted) this.#checks = await this.#work.runChecks();
    if (!this.#signal.aborted) await this.#work.look();
    if (!this.#signal.aborted) this.#checks = [...this.#checks, ...(await this.#work.runFaults())];
    if (!this.#signal.aborted) this.#checks = [...this.#checks, ...(await this.#work.runCleanUpSteps())];
  }

  /**
   * Collects diagnostics for the first failure. Later failures wait for it, so that nothing is cleaned up
   * meanwhile.
   */
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

  async #endWorld(): Promise<void> {
    const { beforeCleanUp, deadlines } = this.#options;
    const failures: string[] = [];
    if (this.#platform && beforeCleanUp) {
      try {
        await beforeCleanUp(this.#platform, this.#findings.verdict);
      } catch (error) {
        failures.push(redact(`before the clean-up: ${messageOf(error)}`));
      }
    }
    this.#time.stop();
    failures.push(...(await disposeWithin(this.#cleanUp, deadlines?.cleanUpMs ?? DEFAULT_CLEAN_UP_MS)));
    this.#emitter.emit({ type: 'clean-up-ended', failures });
  }

  #end(): RunOutcome {
    const { verdict, interrupted, reason } = this.#findings;
    const durationMs = this.#time.elapsedMs;
    this.#emitter.emit({ type: 'run-ended', verdict, interrupted, ...(reason && { reason }), durationMs });
    return {
      runId: this.#options.runId,
      verdict,
      interrupted,
      ...(reason && { reason }),
      exitCode: interrupted ? EXIT.interrupted : EXIT[verdict],
      steps: this.#work?.steps ?? new Map(),
      checks: this.#checks,
      events: this.#emitter.events,
      listenerFailures: this.#listenerFailures,
    };
  }
}
