/** What the stand-ins are called with, and what goes wrong with it. */
import type { ProgramName } from './flags.ts';

/** One call of a stand-in. */
export interface Call {
  readonly program: ProgramName;
  readonly argv: readonly string[];
  /** Variables that the harness sets for it. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly kubeconfig: string;
  readonly stdin: string;
  /** kind's configuration, and files of the plan's own that are given with -f. */
  readonly files: Readonly<Record<string, string>>;
  readonly startedAtMs: number;
  endedAtMs?: number;
}

/** How a creation of a cluster fails. */
export type CreationFailure =
  /** With its nodes there. All that kind says from the nodes on. */
  | { readonly at: 'nodes are there'; readonly stderr: string; readonly kubeletLog?: string }
  /** In a phase: `output` is what the program in the node says. */
  | { readonly at: 'kubeadm init' | 'kubeadm join'; readonly output: string }
  | { readonly at: 'node ends' };

/** What goes wrong with a call. */
export interface Fault {
  readonly program: ProgramName;
  /** Words that stand in the command line, joined by spaces. */
  readonly when: string;
  readonly how: /** Something may happen first. */
    | { readonly kind: 'fail'; readonly stderr: string; readonly act?: () => Promise<void> }
    /** kind only: its nodes are there by then, and their kubelets have said something. */
    | {
        readonly kind: 'fail-late';
        readonly stderr: string;
        readonly kubeletLog?: string;
        readonly act?: () => Promise<void> | void;
      }
    /** kind only: a creation ends in a phase, in kind's words. */
    | { readonly kind: 'fail-at'; readonly failure: CreationFailure }
    | { readonly kind: 'answer'; readonly stdout: string }
    /** Does not end by itself. */
    | { readonly kind: 'hang'; readonly act?: () => Promise<void> }
    /** Dies by SIGKILL. */
    | { readonly kind: 'kill' }
    /** Something else happens first; then the call goes on. */
    | { readonly kind: 'meanwhile'; readonly act: () => Promise<void> | void };
}
