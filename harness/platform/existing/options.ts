/** What the user decides about clusters of their own. */
import type { ProgramOptions } from '../programs.ts';
import type { ProbeDeadlines } from './probe-options.ts';

export interface ExistingOptions extends Omit<ProgramOptions, 'signal'> {
  readonly edition: string;
  /** The folder of all runs' state. */
  readonly state: string;
  /** `cluster1=my-context`. */
  readonly contexts: readonly string[];
  /** With the guide's `CTX_CLUSTER1` and so on. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Files, as in the variable KUBECONFIG. */
  readonly kubeconfigs: readonly string[];
  /**
   * `cluster1=https://…`: an address that pods of the other clusters reach, if they do not reach the
   * kubeconfig's.
   */
  readonly apiServers?: readonly string[];
  /** Before the run takes away what an Istio that is not there any more has left, if that is all. */
  readonly cleanLeftovers?: boolean;
  readonly hub?: string;
  readonly tag?: string;
  readonly set?: readonly string[];
  /**
   * The time limit of the proof that the clusters reach each other; minutes by default, as clouds need them.
   */
  readonly deadlines?: ProbeDeadlines;
  /** Milliseconds without an answer until an API server is lost; a minute by default. */
  readonly lostMs?: number;
}
