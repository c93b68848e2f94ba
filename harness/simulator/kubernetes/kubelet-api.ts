/** The kubelet as the API server calls it for exec, attach, logs and port-forward. */
import type { Duplex, Readable, Writable } from 'node:stream';
import type { KubernetesObject } from './registry/json.ts';

/** The streams of a session; absent ones were not asked for. */
export interface ExecStreams {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Sizes of the client's terminal, as they come; with `tty` only. */
  readonly resize?: AsyncIterable<{ readonly width: number; readonly height: number }>;
  readonly tty: boolean;
}

/**
 * How an exec or attach ended: the process's exit code, or why it could not be started
 * (`container not found ("x")`, `OCI runtime exec failed: … executable file not found in $PATH`).
 */
export type ExecEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The query of `pods/log`. */
export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  /** Milliseconds since the epoch. */
  readonly sinceTime?: number;
  readonly limitBytes?: number;
}

/**
 * The kubelets of a cluster, by the pod's node. The pod exists and is bound to a node; the container is one
 * of its own.
 */
export interface KubeletApi {
  /** Runs a program in a running container. Ends the process when `signal` aborts. */
  exec(
    pod: KubernetesObject,
    container: string,
    argv: readonly string[],
    streams: ExecStreams,
    signal: AbortSignal,
  ): Promise<ExecEnd>;
  /** Joins the container's main process. */
  attach(
    pod: KubernetesObject,
    container: string,
    streams: ExecStreams,
    signal: AbortSignal,
  ): Promise<ExecEnd>;
  /**
   * Writes the log to `output` and resolves at its end (with `follow`: when the container ends or `signal`
   * aborts).
   * @throws ApiError 400 for a container that has no log yet: `container "c" in pod "p" is waiting to start:
   *   ContainerCreating`
   */
  logs(
    pod: KubernetesObject,
    container: string,
    options: LogOptions,
    output: (text: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Dials a port on the loopback of the pod's network namespace. Errors are emitted by the stream, with the
   * text of the real one:
   * `dial tcp4 127.0.0.1:80: connect: connection refused`.
   */
  portForward(pod: KubernetesObject, port: number): Duplex;
}
