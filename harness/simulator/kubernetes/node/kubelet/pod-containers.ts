/** The containers of one pod: in which order they start and end. */
import type { Clock } from '../../../../base/clock.ts';
import type { PodSpec } from '../../client/kinds.ts';
import { ContainerRunner } from './container-runner.ts';
import type { RunnerContext } from './runner-context.ts';

const isSidecar = ({ container }: ContainerRunner): boolean => container.restartPolicy === 'Always';

/** Runs init containers one after another, sidecars among them, and then the others together. */
export class PodContainers {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly init: readonly ContainerRunner[];
  readonly main: readonly ContainerRunner[];
  /** Waiting parts of `run`, which look again when a container has changed. */
  readonly #waiting = new Set<() => void>();

  /**
   * @param signal - ends the waiting in `run`
   * @param onChange - called when the state of a container has changed
   */
  constructor(
    spec: PodSpec,
    context: Omit<RunnerContext, 'onChange'>,
    signal: AbortSignal,
    onChange: () => void,
  ) {
    const { initContainers = [], containers, restartPolicy = 'Always' } = spec;
    this.#clock = context.clock;
    this.#signal = signal;
    const runnerContext: RunnerContext = {
      ...context,
      onChange: () => {
        onChange();
        for (const look of [...this.#waiting]) look();
      },
    };
    // An init container is done when it has succeeded, whatever the pod's policy; a sidecar says Always
    // itself.
    const initPolicy = restartPolicy === 'Never' ? 'Never' : 'OnFailure';
    this.init = initContainers.map(container => {
      const policy = container.restartPolicy ?? initPolicy;
      return new ContainerRunner(container, runnerContext, policy, 'PodInitializing');
    });
    const waitingReason = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.main = containers.map(
      container => new ContainerRunner(container, runnerContext, restartPolicy, waitingReason),
    );
  }

  /** In the order of the spec, init containers first. */
  get all(): readonly ContainerRunner[] {
    return [...this.init, ...this.main];
  }

  /**
   * Starts the containers, and resolves when all but the sidecars have ended for good, or when an init
   * container has failed for good.
   * @throws the signal's reason
   */
  async run(): Promise<void> {
    for (const runner of this.init) {
      runner.start();
      await this.#until(() => (isSidecar(runner) ? runner.record.isStarted : runner.isOver));
      if (!isSidecar(runner) && runner.record.exitCode !== 0) return;
    }
    for (const runner of this.main) runner.start();
    await this.#until(() => this.main.every(({ isOver }) => isOver));
  }

  /** Ends containers together, and then the sidecars, the last one first, within `graceMs` milliseconds. */
  async end(graceMs: number): Promise<void> {
    const deadline = this.#clock.now() + graceMs;
    const left = () => Math.max(0, deadline - this.#clock.now());
    const others = this.init.filter(runner => !isSidecar(runner));
    await Promise.all([...this.main, ...others].map(runner => runner.stop(graceMs)));
    for (const sidecar of this.init.filter(isSidecar).reverse()) await sidecar.stop(left());
  }

  /** Resolves when the condition holds; it is looked at whenever a container changes. */
  #until(holds: () => boolean): Promise<void> {
    const signal = this.#signal;
    return new Promise((resolve, reject) => {
      const look = () => {
        if (signal.aborted) reject(signal.reason);
        else if (holds()) resolve();
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }
}
