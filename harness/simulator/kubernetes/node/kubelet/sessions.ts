/** What the API server asks of the nodes' kubelets: exec, attach, logs, port-forward. */
import { Duplex, type Writable } from 'node:stream';
import type { Clock } from '../../../../base/clock.ts';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { VirtualSocket } from '../../../network/interfaces.ts';
import type { ExecEnd, ExecStreams, KubeletApi, LogOptions } from '../../kubelet-api.ts';
import { badRequest } from '../../registry/status.ts';
import { type ContainerLog, formatLine, type LogSelection } from './container-log.ts';
import type { ContainerRunner } from './container-runner.ts';
import type { PodWorker } from './pod-worker.ts';
import type { Process } from './process.ts';
import { ProgramNotFound } from './program-lookup.ts';

const failed = (message: string): ExecEnd => ({ kind: 'failed', message });

/** Unlike containerd, whose message names the id of the exec too, we leave that random number out. */
const execFailure = ({ message }: ProgramNotFound): string =>
  `error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: ${message}: unknown`;

/** Starts a program in a container. With a terminal there is only one output. */
function startIn(
  runner: ContainerRunner,
  argv: readonly string[],
  streams: ExecStreams,
  onOutput: () => void,
): Process {
  const write = writeTo(streams.stdout);
  const stdout = (text: string) => {
    onOutput();
    write(text);
  };
  return runner.exec(argv, {
    ...(streams.stdin && { stdin: buffersOf(streams.stdin) }),
    isTerminal: streams.tty,
    stdout,
    stderr: streams.tty ? stdout : writeTo(streams.stderr),
  });
}

/** Chooses the lines that the options ask for. @param now - milliseconds since the epoch */
const selectionOf = (options: LogOptions, now: number): LogSelection => ({
  timestamps: options.timestamps,
  ...(options.tailLines !== undefined && { tailLines: options.tailLines }),
  ...(options.limitBytes !== undefined && { limitBytes: options.limitBytes }),
  ...(options.sinceTime !== undefined && { since: options.sinceTime }),
  ...(options.sinceSeconds !== undefined && { since: now - options.sinceSeconds * 1000 }),
});
const ignore = () => {};

const writeTo = (stream: Writable | undefined) => (text: string) => {
  if (stream && !stream.destroyed && !stream.writableEnded) stream.write(text);
};

/** Finds the worker of a pod, and speaks with its containers for the API server. */
export class KubeletSessions implements KubeletApi {
  readonly #clock: Clock;
  readonly #find: (pod: KubernetesObject) => PodWorker | undefined;
  readonly #onExecOutput: () => void;

  /**
   * @param find - the worker of a pod, on whatever node it is
   * @param onExecOutput - called whenever a program that was started by exec writes to its standard output
   */
  constructor(
    clock: Clock,
    find: (pod: KubernetesObject) => PodWorker | undefined,
    onExecOutput: () => void = ignore,
  ) {
    this.#clock = clock;
    this.#find = find;
    this.#onExecOutput = onExecOutput;
  }

  async exec(
    pod: KubernetesObject,
    container: string,
    argv: readonly string[],
    streams: ExecStreams,
    signal: AbortSignal,
  ): Promise<ExecEnd> {
    const runner = this.#find(pod)?.runner(container);
    if (!runner?.isRunning) return failed(`container not found ("${container}")`);
    try {
      const process = startIn(runner, argv, streams, this.#onExecOutput);
      const kill = () => process.kill();
      if (signal.aborted) kill();
      else signal.addEventListener('abort', kill, { once: true });
      const exitCode = await process.exited;
      signal.removeEventListener('abort', kill);
      return { kind: 'exited', exitCode };
    } catch (error) {
      if (!(error instanceof ProgramNotFound)) throw error;
      return failed(execFailure(error));
    }
  }

  /**
   * Attaches to the main process of a container. Unlike Kubernetes, typed input goes nowhere: main processes
   * here do not read from a terminal.
   */
  attach(
    pod: KubernetesObject,
    container: string,
    streams: ExecStreams,
    signal: AbortSignal,
  ): Promise<ExecEnd> {
    const runner = this.#find(pod)?.runner(container);
    const log = runner?.record.log;
    if (!runner?.isRunning || !log) return Promise.resolve(failed(`container not found ("${container}")`));
    streams.stdin?.resume();
    const write = writeTo(streams.stdout);
    return new Promise(resolve => {
      const end = () => {
        stop();
        signal.removeEventListener('abort', end);
        // The log ends just before the state says with which code.
        queueMicrotask(() => resolve({ kind: 'exited', exitCode: runner.record.exitCode ?? 0 }));
      };
      const stop = log.follow(line => write(formatLine(line)), end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  async logs(
    pod: KubernetesObject,
    container: string,
    options: LogOptions,
    output: (text: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const runner = this.#find(pod)?.runner(container);
    const log = this.#logOf(pod, container, runner, options.previous);
    const text = log.read(selectionOf(options, this.#clock.now()));
    if (text !== '') output(text);
    if (!options.follow || signal.aborted) return;
    await new Promise<void>(resolve => {
      let stop: () => void = ignore;
      const end = () => {
        stop();
        signal.removeEventListener('abort', end);
        resolve();
      };
      stop = log.follow(line => output(formatLine(line, options.timestamps)), end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  portForward(pod: KubernetesObject, port: number): Duplex {
    const sandbox = this.#find(pod)?.sandbox;
    if (!sandbox) return new Duplex({ read: ignore }).destroy(new Error('the pod has no sandbox'));
    const socket: VirtualSocket = sandbox.connect('127.0.0.1', port);
    socket.prependOnceListener('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED')
        error.message = `dial tcp4 127.0.0.1:${port}: connect: connection refused`;
    });
    return socket;
  }

  /** @throws ApiError 400 */
  #logOf(
    pod: KubernetesObject,
    container: string,
    runner: ContainerRunner | undefined,
    previous: boolean,
  ): ContainerLog {
    const { name } = pod.metadata;
    if (previous) {
      const log = runner?.record.previousLog;
      if (log) return log;
      throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
    }
    const log = runner?.record.log;
    if (log) return log;
    const reason = runner?.record.waitingReason ?? 'ContainerCreating';
    const how =
      reason === 'ErrImagePull' || reason === 'ImagePullBackOff'
        ? 'trying and failing to pull image'
        : reason;
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${how}`);
  }
}

async function* buffersOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
