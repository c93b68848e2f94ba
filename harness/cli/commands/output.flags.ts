/** The flags for what a run or a verification says, and where its reports go. */
import type { Command } from 'commander';
import { oneOf } from '../flag-values.ts';

/** What the command line says about results. */
export interface OutputFlags {
  readonly reportDir?: string;
  readonly output: 'text' | 'tap';
  readonly quiet: boolean;
}

/** Adds the flags to a command. */
export const addOutputFlags = (command: Command): Command =>
  command
    .option('--report-dir <dir>', 'write the reports exactly there (default: mesh-harness-report/<run id>)')
    .option('--output <format>', 'what goes to standard output: text or tap', oneOf('text', 'tap'), 'text')
    .option('-q, --quiet', 'only results, no progress', false);
