/** `mesh-harness report`: what its commands stand below, and the words and flags of those that are short. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { oneOf, wholeNumber } from '../flag-values.ts';
import { addOutputFlags, type OutputFlags } from './output.flags.ts';

/** Declares `mesh-harness report`, which does nothing without a command of its own. */
export const declareReport = (program: Command): Command =>
  program
    .command('report')
    .description('work with reports that were written: join, compare, convert, check and open them')
    .addHelpText(
      'after',
      `
A report is named by its report.json, or by the folder that holds one.

Examples:
  $ mesh-harness report merge shard-1 shard-2 shard-3 --report-dir all
  $ mesh-harness report diff last-week/report.json mesh-harness-report/latest
  $ mesh-harness report render mesh-harness-report/latest --format ctrf > ctrf.json`,
    );

/** The flags of `mesh-harness report merge`. */
export type ReportMergeFlags = OutputFlags;

/** Declares `mesh-harness report merge REPORT…`. */
export function declareReportMerge(
  report: Command,
  action: Action<[reports: readonly string[], flags: ReportMergeFlags]>,
): void {
  const merge = report
    .command('merge')
    .description('join reports into one: parts of a run (run --shard), platforms, editions, releases')
    .argument('<reports...>', 'reports, in any order; the parts of a run go by their number');
  addOutputFlags(merge)
    .addHelpText(
      'after',
      `
The exit code is that of the joined report, as of a run. What a part that is missing should have run is told
as not begun, so that the whole is unknown.

Examples:
  $ mesh-harness report merge shard-*/report.json --report-dir all`,
    )
    .action((reports: readonly string[], flags: ReportMergeFlags) => action(reports, flags));
}

/** The flags of `mesh-harness report diff`. */
export interface ReportDiffFlags {
  readonly format: 'text' | 'json' | 'markdown';
  /** Percent by which a time may grow or shrink without being told. */
  readonly noise?: number;
}

/** Declares `mesh-harness report diff BEFORE AFTER`. */
export function declareReportDiff(
  report: Command,
  action: Action<[before: string, after: string, flags: ReportDiffFlags]>,
): void {
  report
    .command('diff')
    .description(
      'tell what has changed from one report to another; the exit code is 1 if something got worse',
    )
    .argument('<before>', 'the older report')
    .argument('<after>', 'the newer one')
    .option('--format <format>', 'text, json or markdown', oneOf('text', 'json', 'markdown'), 'text')
    .option(
      '--noise <percent>',
      'times that differ by less are the same (default: 20 in virtual time, 50 elsewhere)',
      wholeNumber,
    )
    .addHelpText(
      'after',
      `
Worse are: a new failure, a check or scenario that passed and is not asked any more, weaker evidence, and a
time that grew beyond noise.

Examples:
  $ mesh-harness report diff last-week mesh-harness-report/latest
  $ mesh-harness report diff main.json mine.json --format markdown >> "$GITHUB_STEP_SUMMARY"`,
    )
    .action((before: string, after: string, flags: ReportDiffFlags) => action(before, after, flags));
}

/** Names of formats on the command line → the file that a run writes. */
export const FORMAT_FILES = {
  conformance: 'conformance.yaml',
  ctrf: 'ctrf.json',
  html: 'report.html',
  json: 'report.json',
  junit: 'junit.xml',
  markdown: 'report.md',
  tap: 'report.tap',
} as const;
/** A format of a report, as the command line names it. */
export type FormatName = keyof typeof FORMAT_FILES;
const FORMAT_NAMES = Object.keys(FORMAT_FILES) as FormatName[];

/** The flags of `mesh-harness report render`. */
export interface ReportRenderFlags {
  readonly format: FormatName;
  readonly out?: string;
}

/** Declares `mesh-harness report render REPORT`. */
export function declareReportRender(
  report: Command,
  action: Action<[report: string, flags: ReportRenderFlags]>,
): void {
  report
    .command('render')
    .description('write a report in another format, to standard output or a file')
    .argument('<report>', 'the report')
    .requiredOption('--format <format>', FORMAT_NAMES.join(', '), oneOf(...FORMAT_NAMES))
    .option('--out <file>', 'write there')
    .addHelpText(
      'after',
      '\nExamples:\n  $ mesh-harness report render mesh-harness-report/latest --format junit --out junit.xml',
    )
    .action((file: string, flags: ReportRenderFlags) => action(file, flags));
}

/** Declares `mesh-harness report verify REPORT…`. */
export function declareReportVerify(report: Command, action: Action<[reports: readonly string[]]>): void {
  report
    .command('verify')
    .description(
      'hold reports against their schema, and their files against SHA256SUMS; 1 if one is not as it was',
    )
    .argument('<reports...>', 'reports')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness report verify mesh-harness-report/*')
    .action((reports: readonly string[]) => action(reports));
}

/** Declares `mesh-harness report open [REPORT]`. */
export function declareReportOpen(report: Command, action: Action<[report: string]>): void {
  report
    .command('open')
    .description('open a report in the browser')
    .argument('[report]', 'the report', 'mesh-harness-report/latest')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness report open')
    .action((file: string) => action(file));
}

/** Declares `mesh-harness report schema`. */
export function declareReportSchema(report: Command, action: Action<[]>): void {
  report
    .command('schema')
    .description('print the JSON Schema of report.json')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness report schema > report.schema.json')
    .action(() => action());
}
