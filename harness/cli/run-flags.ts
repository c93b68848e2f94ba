/** The options of `mesh-harness run`, as the command line has them. */
import type { RealFlags } from './real-settings.ts';

export interface RunFlags extends RealFlags {
  readonly platform?: string;
  /** Of the simulator only: what runs the plan's commands. */
  readonly tools?: 'embedded' | 'process';
  readonly edition?: string;
  readonly keep: boolean;
  readonly keepOnFailure: boolean;
  readonly omit: readonly string[];
  readonly keepGoing: boolean;
  readonly reportDir?: string;
  readonly requests?: number;
  readonly risk?: number;
  readonly seed: string;
  readonly extended: boolean;
  readonly output: 'text' | 'tap';
  readonly quiet: boolean;
}
