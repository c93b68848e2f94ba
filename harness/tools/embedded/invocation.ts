/**
 * The context of a command that runs inside this process: its words, its streams, its files, the clusters and
 * the time.
 */
import type { Clock } from '../../base/clock.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { Random } from '../../base/random.ts';

export interface Invocation {
  /** Without the program's name. */
  readonly argv: readonly string[];
  /** Variables that are set for this call alone. */
  readonly environment?: Readonly<Record<string, string>>;
  /** `undefined` is a standard input that is closed. */
  readonly stdin: string | undefined;
  stdout(text: string): void;
  stderr(text: string): void;
  /** @throws an Error with code ENOENT; `path` is relative to the working folder */
  readFile(path: string): string;
  writeFile(path: string, content: string): void;
  /** Lists the files right in a folder, sorted; `undefined` if the folder does not exist. */
  listFolder(path: string): readonly string[] | undefined;
  /**
   * Asks someone at a terminal, or whatever standard input is, and waits for a line; absent where nobody
   * waits, and `stdin` holds the answer.
   * @returns the empty string at the end of the input
   */
  readonly ask?: (question: string) => Promise<string>;
  /**
   * Makes the client for a context of the kubeconfig, or for its current one.
   * @param kubeconfig - a file that was named on the command line
   * @throws UnknownContextError, ToolExit
   */
  connect(context: string | undefined, kubeconfig?: string): KubernetesClient;
  /**
   * Returns the address of the API server for the pods of other clusters (`https://172.18.0.2:6443`), if the
   * kubeconfig has one that differs from this machine's.
   */
  readonly serverForPods?: (context: string | undefined) => string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/**
 * A program: its text goes to the invocation's streams.
 * @returns the exit code
 * @throws ToolExit for an end with a text, the signal's reason when it was aborted
 */
export type Program = (invocation: Invocation) => Promise<number>;

export class UnknownContextError extends Error {
  override readonly name = 'UnknownContextError';
  constructor(context: string) {
    super(`context "${context}" does not exist`);
  }
}

/** Ends a command with a text on standard error (a newline is added) and an exit code. */
export class ToolExit extends Error {
  override readonly name = 'ToolExit';
  readonly exitCode: number;
  /** Set if the command could not ask its API server: then its end tells nothing about the mesh. */
  readonly fault: 'api-unreachable' | undefined;
  constructor(text: string, exitCode = 1, fault?: 'api-unreachable') {
    super(text);
    this.exitCode = exitCode;
    this.fault = fault;
  }
}
