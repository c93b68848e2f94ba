/** One container of a pod from its first start to its last end: process, probes, hooks and restarts. */
import { sleep } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import type { Container, ContainerStatus } from '../../client/kinds.ts';
import { Backoff, formatDuration } from './backoff.ts';
import { type ExecStreams, execIn, execToEnd } from './container-exec.ts';
import { ContainerLaunch, type Running, START_MS } from './container-launch.ts';
import { ContainerProbes } from './container-probes.ts';
import { ContainerRecord } from './container-record.ts';
import type { Process } from './process.ts';
import type { RunnerContext } from './runner-context.ts';

/** Keeps one container going as the restart policy says, until it is stopped. */
export class ContainerRunner {
  readonly container: Container;
  readonly #restartPolicy: string;
  readonly #context: RunnerContext;
  /** What is known of its runs. */
  readonly record: ContainerRecord;
  readonly #launch: ContainerLaunch;
  readonly #stop = new AbortController();
  readonly #crashes: Backoff;
  #running: Running | undefined;
  #loop: Promise<void> | undefined;
  #isOver = false;

  /**
   * @param restartPolicy - Always, OnFailure or Never
   * @param waitingReason - what its status says until `start`
   */
  constructor(container: Container, context: RunnerContext, restartPolicy: string, waitingReason: string) {
    this.container = container;
    this.#restartPolicy = restartPolicy;
    this.#context = context;
    this.record = new ContainerRecord(container, context.clock, waitingReason, () => context.onChange());
    this.#launch = new ContainerLaunch(container, context, this.record, this.#stop.signal);
    this.#crashes = new Backoff(context.clock);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** It has ended and will not be started again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** It has run at least once. */
  get hasStarted(): boolean {
    return this.record.startCount > 0;
  }

  get status(): ContainerStatus {
    const { status } = this.record;
    return status.containerID === undefined
      ? status
      : { ...status, ...this.#context.resources(this.container) };
  }

  /** Starts, and keeps it going as the restart policy says. Later calls do nothing. */
  start(): void {
    this.#loop ??= new Promise(resolve => {
      this.#context.start(async () => {
        try {
          await this.#keepGoing();
        } catch (error) {
          if (error !== this.#stop.signal.reason) throw error;
        } finally {
          resolve();
        }
      });
    });
  }

  /**
   * Sends SIGTERM, and SIGKILL after the grace period; the container is not started again.
   * @returns when its process is gone
   */
  async stop(graceMs: number): Promise<void> {
    if (!this.#stop.signal.aborted) this.#stop.abort(new Error('the pod is being deleted'));
    await this.#end(graceMs);
    await this.#loop;
    this.#isOver = true;
  }

  /** Ends the run of now, if any, so that another one begins. */
  restart(why: string): void {
    if (this.#running) this.#restartFor(this.#running, why);
  }

  /**
   * Runs another program in the running container.
   * @throws ProgramNotFound; an Error if the container does not run
   */
  exec(argv: readonly string[], streams: ExecStreams): Process {
    if (!this.#running) throw new Error(`container ${this.container.name} is not running`);
    return execIn(this.#running, this.#context, argv, streams);
  }

  async #keepGoing(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      signal.throwIfAborted();
      const running = await this.#launch.launch();
      const exitCode = running ? await this.#runToEnd(running) : this.record.exitCode;
      if (signal.aborted || !this.#restarts(exitCode ?? 1)) break;
      await sleep(this.#context.clock, START_MS, signal);
      await this.#backOff(signal);
      this.record.restarts();
    }
    this.#isOver = true;
    this.#context.onChange();
  }

  #restarts(exitCode: number): boolean {
    return this.#restartPolicy === 'Always' || (this.#restartPolicy === 'OnFailure' && exitCode !== 0);
  }

  /** Waits before a restart, longer after each crash; the first restart comes at once. */
  async #backOff(signal: AbortSignal): Promise<void> {
    const delayMs = this.#crashes.next();
    this.record.keepEnd();
    if (delayMs === 0) return;
    const what = `restarting failed container=${this.container.name} pod=${this.#context.podLabel}`;
    this.#event('Warning', 'BackOff', `Back-off ${what}`);
    this.record.waits({
      reason: 'CrashLoopBackOff',
      message: `back-off ${formatDuration(delayMs)} ${what}`,
    });
    await sleep(this.#context.clock, delayMs, signal);
  }

  async #runToEnd(running: Running): Promise<number> {
    this.#running = running;
    this.#event('Normal', 'Started', `Started container ${this.container.name}`);
    this.record.runs(running.startedAt);
    running.probes = this.#probe(running);
    this.#context.onChange();
    const postStart = this.container.lifecycle?.postStart?.exec?.command;
    if (postStart) this.#context.start(() => this.#runPostStart(running, postStart));
    const exitCode = await running.process.exited;
    running.probes?.stop();
    for (const process of running.execs) process.kill();
    this.#running = undefined;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    this.record.ended({ exitCode, reason, startedAt: running.startedAt });
    return exitCode;
  }

  /** Probes this run of the container; it is started up, and ready, at once where it has none. */
  #probe(running: Running): ContainerProbes {
    const { clock, nodeNetwork, podNetwork, version } = this.#context;
    return new ContainerProbes(
      {
        clock,
        node: nodeNetwork,
        podAddress: podNetwork.address,
        version,
        container: this.container,
        exec: (argv, signal) => execToEnd((command, streams) => this.exec(command, streams), argv, signal),
      },
      {
        onStarted: () => this.record.setStarted(),
        onReady: isReady => this.record.setReady(isReady),
        onFatal: why => this.#restartFor(running, `${why}, will be restarted`),
        onFailure: message => this.#event('Warning', 'Unhealthy', message),
      },
    );
  }

  /** Unlike Kubernetes, the container counts as running, and the next one is started, while the hook runs. */
  async #runPostStart(running: Running, argv: readonly string[]): Promise<void> {
    const { exitCode, output } = await execToEnd((command, streams) => this.exec(command, streams), argv);
    if (exitCode === 0 || this.#running !== running) return;
    this.#event('Warning', 'FailedPostStartHook', `PostStartHook failed: ${output}`);
    this.#restartFor(running, 'failed postStart hook, will be restarted');
  }

  #restartFor(running: Running, why: string): void {
    running.probes?.stop();
    this.#event('Normal', 'Killing', `Container ${this.container.name} ${why}`);
    this.#context.start(() => this.#end(this.#context.gracePeriodSeconds * 1000));
  }

  /** Ends the process that runs now, if any. */
  async #end(graceMs: number): Promise<void> {
    const running = this.#running;
    if (!running) return;
    running.probes?.stop();
    const { process } = running;
    if (graceMs <= 0) {
      process.kill();
      return;
    }
    const timer = this.#context.clock.setTimeout(() => process.kill(), graceMs);
    await this.#runPreStop(process);
    process.terminate();
    await process.exited;
    this.#context.clock.clearTimeout(timer);
  }

  /** Runs the preStop hook, as long as the process lives. */
  async #runPreStop(process: Process): Promise<void> {
    const preStop = this.container.lifecycle?.preStop?.exec?.command;
    if (!preStop) return;
    const ignore = () => {};
    try {
      const hook = this.exec(preStop, { stdout: ignore, stderr: ignore });
      await Promise.race([hook.exited, process.exited]);
    } catch (error) {
      this.#event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${messageOf(error)}`);
    }
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.event(this.container, type, reason, message);
  }
}
