/**
 * One container of a pod from its first start to its last end: image, process, probes, restarts, and the
 * status that tells of them.
 */
import { type Clock, sleep } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import type { Random } from '../../../../base/random.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';
import type { ContainerFiles, Image, ProcessNote } from '../../../program.ts';
import type { Container, ContainerState, ContainerStatus } from '../../client/kinds.ts';
import { timestamp } from '../../client/kinds.ts';
import { Backoff, formatDuration } from './backoff.ts';
import { ContainerLog } from './container-log.ts';
import { ContainerProbes } from './container-probes.ts';
import { ContainerConfigError, expand } from './environment.ts';
import type { ImagePuller } from './image-puller.ts';
import { pullPatiently, RETRY_MS } from './patient-pull.ts';
import { type Process, startProcess } from './process.ts';
import { argvOf, findProgram, ProgramNotFound } from './program-lookup.ts';

/** What runtime and kubelet need to make a container, and to notice that one has ended. */
const START_MS = 120;

export interface RunnerContext {
  /** Runs what nobody awaits, and tells what it throws. */
  start(work: () => Promise<void>): void;
  readonly clock: Clock;
  readonly random: Random;
  readonly images: ImagePuller;
  readonly nodeNetwork: NetworkNamespace;
  readonly podNetwork: NetworkNamespace;
  readonly hostname: string;
  /** `name_namespace(uid)`, as messages name the pod. */
  readonly podLabel: string;
  readonly defaultUser: number | undefined;
  readonly gracePeriodSeconds: number;
  /** @throws ContainerConfigError */
  environment(container: Container, image: Image): Record<string, string>;
  files(container: Container): ContainerFiles;
  event(container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Told of what the container's main process shows. */
  readonly onNote: ((container: string, note: ProcessNote) => void) | undefined;
  onChange(): void;
}

interface Running {
  readonly process: Process;
  readonly image: Image;
  readonly env: Readonly<Record<string, string>>;
  readonly files: ContainerFiles;
  readonly uid: number;
  readonly startedAt: string;
  readonly execs: Set<Process>;
  probes: ContainerProbes | undefined;
}

export interface ExecStreams {
  readonly stdin?: AsyncIterable<Buffer>;
  readonly isTerminal?: boolean;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

export class ContainerRunner {
  readonly container: Container;
  readonly #restartPolicy: string;
  readonly #context: RunnerContext;
  readonly #stop = new AbortController();
  readonly #crashes: Backoff;
  readonly #pulls: Backoff;
  #state: ContainerState;
  #lastState: ContainerState = {};
  #isReady = false;
  #isStarted = false;
  #restartCount = 0;
  #startCount = 0;
  #imageId = '';
  #containerId: string | undefined;
  #running: Running | undefined;
  #log: ContainerLog | undefined;
  #previousLog: ContainerLog | undefined;
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
    this.#state = { waiting: { reason: waitingReason } };
    this.#crashes = new Backoff(context.clock);
    this.#pulls = new Backoff(context.clock);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Running, and past its startup probe. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** It has ended and will not be started again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get exitCode(): number | undefined {
    return this.#state.terminated?.exitCode;
  }

  /** It has run at least once. */
  get hasStarted(): boolean {
    return this.#startCount > 0;
  }

  get waitingReason(): string | undefined {
    return this.#state.waiting?.reason;
  }

  get log(): ContainerLog | undefined {
    return this.#log;
  }

  get previousLog(): ContainerLog | undefined {
    return this.#previousLog;
  }

  get status(): ContainerStatus {
    return {
      name: this.container.name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.#isReady,
      restartCount: this.#restartCount,
      image: this.container.image,
      imageID: this.#imageId,
      ...(this.#containerId !== undefined && { containerID: this.#containerId }),
      started: this.#isStarted,
    };
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
   * SIGTERM, and SIGKILL after the grace period; no restart.
   * @returns when its process is gone
   */
  async stop(graceMs: number): Promise<void> {
    if (!this.#stop.signal.aborted) this.#stop.abort(new Error('the pod is being deleted'));
    await this.#end(graceMs);
    await this.#loop;
    this.#isOver = true;
  }

  /**
   * Runs another program in the running container.
   * @throws ProgramNotFound; an Error if the container does not run
   */
  exec(argv: readonly string[], streams: ExecStreams): Process {
    const running = this.#running;
    if (!running) throw new Error(`container ${this.container.name} is not running`);
    const { clock, random, podNetwork, hostname } = this.#context;
    const process = startProcess({
      main: findProgram(running.image, argv[0] ?? ''),
      argv,
      env: running.env,
      uid: running.uid,
      hostname,
      files: running.files,
      network: podNetwork,
      clock,
      random: random.stream(`exec/${random.integer(2 ** 32)}`),
      ...streams,
    });
    running.execs.add(process);
    void process.exited.then(() => running.execs.delete(process));
    return process;
  }

  async #keepGoing(): Promise<void> {
    const { signal } = this.#stop;
    const { clock } = this.#context;
    for (;;) {
      signal.throwIfAborted();
      const running = await this.#create();
      const exitCode = running ? await this.#untilEnd(running) : this.exitCode;
      if (signal.aborted || !this.#restarts(exitCode ?? 1)) break;
      await sleep(clock, START_MS, signal);
      const delayMs = this.#crashes.next();
      if (delayMs > 0) {
        const { terminated } = this.#state;
        const what = `restarting failed container=${this.container.name} pod=${this.#context.podLabel}`;
        this.#event('Warning', 'BackOff', `Back-off ${what}`);
        this.#lastState = terminated ? { terminated } : {};
        this.#change({
          waiting: { reason: 'CrashLoopBackOff', message: `back-off ${formatDuration(delayMs)} ${what}` },
        });
        await sleep(clock, delayMs, signal);
      } else if (this.#state.terminated) {
        this.#lastState = { terminated: this.#state.terminated };
      }
      this.#restartCount += 1;
    }
    this.#isOver = true;
    this.#context.onChange();
  }

  #restarts(exitCode: number): boolean {
    return this.#restartPolicy === 'Always' || (this.#restartPolicy === 'OnFailure' && exitCode !== 0);
  }

  /** @returns undefined if the program could not be started: the state says so */
  async #create(): Promise<Running | undefined> {
    const { signal } = this.#stop;
    const { clock, random, images, podNetwork, hostname } = this.#context;
    const { image, id } = await pullPatiently(this.container, images, this.#pulls, clock, signal, {
      event: (type, reason, message) => this.#event(type, reason, message),
      onWaiting: waiting => this.#change({ waiting }),
    });
    this.#imageId = id;
    const env = await this.#environment(image);
    await sleep(clock, START_MS, signal);
    this.#containerId = `containerd://${random.text(64, '0123456789abcdef')}`;
    this.#event('Normal', 'Created', `Created container: ${this.container.name}`);
    this.#previousLog = this.#log;
    const log = new ContainerLog();
    this.#log = log;
    this.#startCount += 1;
    const argv = argvOf(image, this.container.command, this.container.args).map(word => expand(word, env));
    const uid = this.container.securityContext?.runAsUser ?? this.#context.defaultUser ?? image.user;
    const files = this.#context.files(this.container);
    const startedAt = timestamp(clock.now());
    const { onNote } = this.#context;
    const trace = onNote && ((note: ProcessNote) => onNote(this.container.name, note));
    let process: Process;
    try {
      process = startProcess({
        main: findProgram(image, argv[0] ?? ''),
        argv,
        env,
        uid,
        hostname,
        files,
        network: podNetwork,
        clock,
        random: random.stream(`run/${this.#startCount}`),
        stdout: text => {
          log.append(text, clock.now());
          trace?.({ kind: 'output', stream: 'stdout', text });
        },
        stderr: text => {
          log.append(text, clock.now());
          trace?.({ kind: 'output', stream: 'stderr', text });
        },
        ...(trace && { trace }),
      });
    } catch (error) {
      if (!(error instanceof ProgramNotFound)) throw error;
      const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${error.message}: unknown`;
      log.end();
      this.#event('Warning', 'Failed', `Error: ${message}`);
      this.#terminated(128, 'StartError', null, message);
      return undefined;
    }
    const running: Running = {
      process,
      image,
      env,
      files,
      uid,
      startedAt,
      execs: new Set(),
      probes: undefined,
    };
    this.#running = running;
    this.#event('Normal', 'Started', `Started container ${this.container.name}`);
    this.#state = { running: { startedAt } };
    running.probes = this.#probe(running);
    this.#context.onChange();
    const postStart = this.container.lifecycle?.postStart?.exec?.command;
    if (postStart) this.#context.start(() => this.#runPostStart(running, postStart));
    return running;
  }

  async #untilEnd(running: Running): Promise<number> {
    const exitCode = await running.process.exited;
    running.probes?.stop();
    for (const process of running.execs) process.kill();
    this.#running = undefined;
    this.#log?.end();
    this.#isReady = false;
    this.#isStarted = false;
    this.#terminated(exitCode, exitCode === 0 ? 'Completed' : 'Error', running.startedAt);
    return exitCode;
  }

  #terminated(exitCode: number, reason: string, startedAt: string | null, message?: string): void {
    this.#change({
      terminated: {
        exitCode,
        reason,
        ...(message !== undefined && { message }),
        startedAt,
        finishedAt: timestamp(this.#context.clock.now()),
        containerID: this.#containerId ?? '',
      },
    });
  }

  async #environment(image: Image): Promise<Record<string, string>> {
    for (;;) {
      try {
        return this.#context.environment(this.container, image);
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        this.#event('Warning', 'Failed', `Error: ${error.message}`);
        this.#change({ waiting: { reason: 'CreateContainerConfigError', message: error.message } });
        await sleep(this.#context.clock, RETRY_MS, this.#stop.signal);
      }
    }
  }

  /** Probes this run of the container; it is started up, and ready, at once where it has none. */
  #probe(running: Running): ContainerProbes {
    const { clock, nodeNetwork, podNetwork } = this.#context;
    return new ContainerProbes(
      {
        clock,
        node: nodeNetwork,
        podAddress: podNetwork.address,
        container: this.container,
        exec: (argv, signal) => this.#execToEnd(argv, signal),
      },
      {
        onStarted: () => {
          this.#isStarted = true;
          this.#context.onChange();
        },
        onReady: isReady => {
          this.#isReady = isReady;
          this.#context.onChange();
        },
        onFatal: why => this.#restartFor(running, why),
        onFailure: message => this.#event('Warning', 'Unhealthy', message),
      },
    );
  }

  async #execToEnd(
    argv: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ exitCode: number; output: string }> {
    let output = '';
    const collect = (text: string) => {
      output += text;
    };
    try {
      const process = this.exec(argv, { stdout: collect, stderr: collect });
      signal?.addEventListener('abort', () => process.kill(), { once: true });
      return { exitCode: await process.exited, output };
    } catch (error) {
      return { exitCode: 127, output: `OCI runtime exec failed: exec failed: ${messageOf(error)}: unknown` };
    }
  }

  /** Unlike Kubernetes, the container counts as running, and the next one is started, while the hook runs. */
  async #runPostStart(running: Running, argv: readonly string[]): Promise<void> {
    const { exitCode, output } = await this.#execToEnd(argv);
    if (exitCode === 0 || this.#running !== running) return;
    this.#event('Warning', 'FailedPostStartHook', `PostStartHook failed: ${output}`);
    this.#restartFor(running, 'failed postStart hook');
  }

  #restartFor(running: Running, why: string): void {
    running.probes?.stop();
    this.#event('Normal', 'Killing', `Container ${this.container.name} ${why}, will be restarted`);
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
    const preStop = this.container.lifecycle?.preStop?.exec?.command;
    const timer = this.#context.clock.setTimeout(() => process.kill(), graceMs);
    if (preStop) {
      const ignore = () => {};
      try {
        const hook = this.exec(preStop, { stdout: ignore, stderr: ignore });
        await Promise.race([hook.exited, process.exited]);
      } catch (error) {
        this.#event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${messageOf(error)}`);
      }
    }
    process.terminate();
    await process.exited;
    this.#context.clock.clearTimeout(timer);
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.event(this.container, type, reason, message);
  }

  #change(state: ContainerState): void {
    this.#state = state;
    this.#context.onChange();
  }
}
