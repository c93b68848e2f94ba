/** Runs a program in a container, on @kubernetes/client-node's Exec. */
import { Readable, Writable } from 'node:stream';
import { Exec, type KubeConfig, type V1Status } from '@kubernetes/client-node';
import { unlessAborted } from './abort.ts';
import type { AnswerDeadline } from './answer-deadline.ts';
import type { ExecOptions, ExecOutcome } from './api-client.ts';
import { systemClock } from './clock.ts';
import { type LinkedSignal, linkedSignal } from './deadline.ts';
import { KubernetesApiError, type KubernetesStatus } from './kubernetes-error.ts';

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  /** Empty: the pod's default. */
  readonly container: string;
  readonly argv: readonly string[];
}

/**
 * Runs a program in a container and waits for its end.
 * @param deadline - by which the program has to begin
 * @throws as KubernetesClient.exec
 */
export async function execInContainer(
  config: KubeConfig,
  { namespace, pod, container, argv }: ExecTarget,
  options: ExecOptions,
  deadline?: AnswerDeadline,
): Promise<ExecOutcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let status: V1Status | undefined;
  // Before the connection stands as well as after.
  using limit = limitOf(argv, options);
  limit.signal.throwIfAborted();
  const opening = new Exec(config).exec(
    namespace,
    pod,
    container,
    [...argv],
    collect(stdout),
    collect(stderr),
    options.stdin === undefined ? null : Readable.from([Buffer.from(options.stdin)]),
    false,
    result => {
      status = result;
    },
  );
  if (deadline) beginBy(deadline, `exec ${argv.join(' ')}`, opening, limit);
  await closed(opening, limit.signal);
  if (!status) throw new Error('The connection closed before the exit code was known.');
  return {
    exitCode: exitCodeOf(status),
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

/** Returns a signal that aborts with the caller's or when time is up, until it is disposed of. */
function limitOf(
  argv: readonly string[],
  { signal, clock = systemClock, timeoutMs }: ExecOptions,
): LinkedSignal {
  if (timeoutMs === undefined) return linkedSignal(signal);
  const reason = () => new Error(`no end after ${timeoutMs / 1000} s: ${argv.join(' ')}`);
  return linkedSignal(signal, { clock, timeoutMs, reason });
}

/** Ends an exec that does not begin in time. */
function beginBy(
  deadline: AnswerDeadline,
  what: string,
  opening: Promise<unknown>,
  exec: LinkedSignal,
): void {
  const begin = deadline.limit(what, exec.signal);
  exec.follow(begin.signal);
  opening.then(
    () => {
      begin[Symbol.dispose]();
      if (!exec.signal.aborted) deadline.answered(what);
    },
    () => begin[Symbol.dispose](),
  );
}

/**
 * Waits for the end of a connection that is being opened. The connection is the only thing to end when that
 * is given up.
 */
async function closed(opening: ReturnType<Exec['exec']>, signal: AbortSignal): Promise<void> {
  const end = opening.then(
    socket =>
      new Promise<void>((resolve, reject) => {
        socket.on('close', () => resolve());
        socket.on('error', reject);
      }),
    (error: unknown) => Promise.reject(refusalOf(error)),
  );
  try {
    await unlessAborted(end, signal);
  } finally {
    opening.then(
      socket => socket.terminate(),
      () => {}, // it never came about
    );
  }
}

const collect = (into: Buffer[]): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      into.push(chunk);
      done();
    },
  });

/**
 * Reads the exit code from the status at the end: `Success`, or `NonZeroExitCode` with the code as a cause.
 */
function exitCodeOf(status: V1Status): number {
  if (status.status === 'Success') return 0;
  const exit = status.details?.causes?.find(cause => cause.reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && exit !== undefined) return Number(exit);
  throw new KubernetesApiError(status.code ?? 500, status as KubernetesStatus);
}

/**
 * Turns a refused upgrade into an API error. ws reports it as an event with the response's code in its
 * message only.
 */
function refusalOf(error: unknown): Error {
  const message =
    error && typeof error === 'object' && 'message' in error ? String(error.message) : String(error);
  const code = /Unexpected server response: (\d+)/.exec(message)?.[1];
  return code ? new KubernetesApiError(Number(code), { code: Number(code), message }) : new Error(message);
}
