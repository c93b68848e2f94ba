/** What the kubelet remembers of one container over all of its runs; its status is made of that. */
import type { Clock } from '../../../../base/clock.ts';
import { type Container, type ContainerState, type ContainerStatus, timestamp } from '../../client/kinds.ts';
import { ContainerLog } from './container-log.ts';

/** The state of a container as a ContainerStatus of the API shows it, and its logs. */
export class ContainerRecord {
  readonly #container: Container;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #state: ContainerState;
  #lastState: ContainerState = {};
  #isReady = false;
  #isStarted = false;
  #restartCount = 0;
  #startCount = 0;
  #imageId = '';
  #containerId: string | undefined;
  #log: ContainerLog | undefined;
  #previousLog: ContainerLog | undefined;

  /**
   * @param waitingReason - why it waits until its first start
   * @param onChange - called after each change that the status shows
   */
  constructor(container: Container, clock: Clock, waitingReason: string, onChange: () => void) {
    this.#container = container;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#state = { waiting: { reason: waitingReason } };
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Running, and past its startup probe. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** The number of starts, and of tries to start, of a program; the first one counts. */
  get startCount(): number {
    return this.#startCount;
  }

  /** Of the last run; undefined while the container runs or waits. */
  get exitCode(): number | undefined {
    return this.#state.terminated?.exitCode;
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
      name: this.#container.name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.#isReady,
      restartCount: this.#restartCount,
      image: this.#container.image,
      imageID: this.#imageId,
      ...(this.#containerId !== undefined && { containerID: this.#containerId }),
      started: this.#isStarted,
    };
  }

  /** Notes which image was pulled; the status shows it with the next change. */
  pulled(imageId: string): void {
    this.#imageId = imageId;
  }

  /** Notes that the runtime has made a container. @param id - 64 hexadecimal digits */
  created(id: string): void {
    this.#containerId = `containerd://${id}`;
  }

  /** Begins the log of a new run; the log of the run before stays readable. */
  beginLog(): ContainerLog {
    this.#previousLog = this.#log;
    this.#log = new ContainerLog();
    this.#startCount += 1;
    return this.#log;
  }

  waits(waiting: { readonly reason: string; readonly message: string }): void {
    this.#state = { waiting };
    this.#onChange();
  }

  /** Notes that the program runs. The caller reports the change, once its probes are set up. */
  runs(startedAt: string): void {
    this.#state = { running: { startedAt } };
  }

  /** Notes that the startup probe has succeeded, or that the container has none. */
  setStarted(): void {
    this.#isStarted = true;
    this.#onChange();
  }

  setReady(isReady: boolean): void {
    this.#isReady = isReady;
    this.#onChange();
  }

  /** Notes the end of a run. @param startedAt - null if the program could not be started */
  ended(end: {
    readonly exitCode: number;
    readonly reason: string;
    readonly startedAt: string | null;
    readonly message?: string;
  }): void {
    this.#log?.end();
    this.#isReady = false;
    this.#isStarted = false;
    const { exitCode, reason, startedAt, message } = end;
    this.#state = {
      terminated: {
        exitCode,
        reason,
        ...(message !== undefined && { message }),
        startedAt,
        finishedAt: timestamp(this.#clock.now()),
        containerID: this.#containerId ?? '',
      },
    };
    this.#onChange();
  }

  /** Makes the end of the last run the last state, while the next one is waited for. */
  keepEnd(): void {
    const { terminated } = this.#state;
    this.#lastState = terminated ? { terminated } : {};
  }

  /** Counts a restart; the next change shows it. */
  restarts(): void {
    this.#restartCount += 1;
  }
}
