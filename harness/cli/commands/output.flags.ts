/** The flags for what a run or a verification says, and where its reports go. */
import type { Command } from 'commander';
import { numberOrAll, oneOf } from '../flag-values.ts';

/** What the command line says about the folder for reports. */
export interface ReportFlags {
  readonly reportDir?: string;
  /** How many reports stay in the folder where they go by default; 20 unless it is said. */
  readonly keepReports?: number | 'all';
}

/** What the command line says about results. */
export interface OutputFlags extends ReportFlags {
  readonly output: 'text' | 'tap' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Adds the flag for how many reports are kept. */
export const addKeepReportsFlag = (command: Command): Command =>
  command.option(
    '--keep-reports <n>',
    'how many reports stay in mesh-harness-report/, the oldest go; or all (default: 20)',
    numberOrAll,
  );

/** Adds the flags to a command. */
export const addOutputFlags = (command: Command): Command =>
  addKeepReportsFlag(
    command.option(
      '--report-dir <dir>',
      'write the reports exactly there (default: mesh-harness-report/<run id>)',
    ),
  )
    .option(
      '--output <format>',
      'what goes to standard output: text, tap, or json: the events of the run, one a line',
      oneOf('text', 'tap', 'json'),
      'text',
    )
    .option('-q, --quiet', 'only results, no progress', false)
    .option('-v, --verbose', 'also the commands of the steps with their output, as they run', false);
