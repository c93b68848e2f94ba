/** One call of a tool, as data: what a plan holds, what the printers print and what the tools run. */
import type { ClusterName } from './names.ts';

/**
 * - `kubectl`, `istioctl`: the program of that name
 * - `gen-eastwest-gateway`: the guide's `samples/multicluster/gen-eastwest-gateway.sh`
 * - `certs`: `mesh-harness certs`, which makes a root CA and an intermediate for each cluster
 * - `helm`: the program of that name, in plans that are read out of a guide; it is not simulated
 */
export type ToolName = 'kubectl' | 'istioctl' | 'gen-eastwest-gateway' | 'certs' | 'helm';

/**
 * A file that the step writes before its commands run, as the guide does with `cat <<EOF > ./cluster1.yaml`.
 */
export interface PlanFile {
  /** Path relative to the working folder: `cluster1.yaml`. */
  readonly path: string;
  /** May hold `${NAME}`, which is replaced by a captured value when the file is written. */
  readonly content: string;
}

export interface Command {
  readonly tool: ToolName;
  /** The cluster that it acts on: adds `--context="${CTX_CLUSTER1}"`. Absent for tools without a cluster. */
  readonly cluster?: ClusterName;
  /** Without the program's name and without `--context`; may hold `${NAME}`. */
  readonly args: readonly string[];
  /** Variables that are set for this call alone, as `NAME=value` before it; values may hold `${NAME}`. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Text for standard input; may hold `${NAME}`. A command that follows a piped one has the pipe as its input
   * instead.
   */
  readonly stdin?: string;
  /** The target of standard output: the next command of the step, the variable `name`, or the log. */
  readonly output?: { readonly to: 'next-command' } | { readonly to: 'variable'; readonly name: string };
  /**
   * For a command that waits: a clause that can stand after "waits for". A captured value that is awaited
   * must not be empty.
   */
  readonly awaits?: string;
  /** What a guide shows as its output, line by line: the run holds it against what was printed. */
  readonly shows?: readonly string[];
  /** Where the guide shows it. */
  readonly showsAt?: { readonly file: string; readonly line: number };
  /** Milliseconds until the command counts as hung; the plan gives every command one. */
  readonly timeoutMs: number;
}

/** How a command ended. A negative outcome is a value, not an exception. */
export interface CommandResult {
  /** 0 is success; the code that the real program gives. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Set if the command was killed or ran into `timeoutMs`; then it tells nothing about the mesh. */
  readonly fault?: 'missing-tool' | 'timeout' | 'killed' | 'api-unreachable';
}
