/** Writes the results of `mesh-harness run`: files, lines on the terminal, an exit code. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { EXIT } from '../../base/errors.ts';
import { formatHtml } from '../../report/html/html.ts';
import { formatJson } from '../../report/json.ts';
import { formatJunit } from '../../report/junit.ts';
import { formatMarkdown } from '../../report/markdown.ts';
import type { ConformanceReport } from '../../report/report.ts';
import { formatTap } from '../../report/tap.ts';
import { type ReportPlace, writeReport } from '../../report/write.ts';
import { planOf } from '../again.ts';
import type { Environment } from '../environment.ts';
import { verdictLine } from '../terminal/lines.ts';
import type { Screen } from '../terminal/screen.ts';
import type { OutputFlags } from './output.flags.ts';

/** Writes the report in every format. @returns the paths of the files */
export const writeFormats = (place: ReportPlace, report: ConformanceReport): Promise<readonly string[]> =>
  writeReport(place, {
    'report.json': formatJson(report),
    'junit.xml': formatJunit(report),
    'report.tap': formatTap(report),
    'report.html': formatHtml(report),
    'report.md': formatMarkdown(report),
  });

/** Prints the verdicts on standard output, as lines for people or as TAP. */
export function tellResults(
  report: ConformanceReport,
  output: OutputFlags['output'],
  screen: Screen,
  stdout: Environment['stdout'],
): void {
  if (output === 'tap') {
    stdout.write(formatTap(report));
    return;
  }
  const width = Math.max(...report.scenarios.map(({ scenario }) => scenario.length));
  for (const scenario of report.scenarios) screen.result(verdictLine(scenario, screen.resultColours, width));
}

/** Returns the exit code that stands for the verdict, or for an interruption. */
export function exitCodeOf({ interrupted, verdict }: ConformanceReport): number {
  return interrupted ? EXIT.interrupted : EXIT[verdict];
}

/**
 * Tells where the report lies; after a failure also how to repeat the run, and how to read its steps.
 * @param command - the line that repeats it, and the scenarios that it names
 */
export function tellWhatIsNext(
  report: ConformanceReport,
  files: readonly string[],
  command: { readonly again: string; readonly names: readonly string[] },
  tell: (text: string) => void,
): void {
  const page = files.find(file => file.endsWith('.html'));
  if (page)
    tell(
      `\nReport: ${path.relative('', path.dirname(page)) || '.'}/  (open ${path.relative('', page)} in a browser)`,
    );
  if (report.interrupted || report.verdict === 'passed') return;
  const described = files[0] === undefined ? undefined : path.join(path.dirname(files[0]), 'diagnostics');
  if (described !== undefined && existsSync(described))
    tell(
      `Seen at the first failure: ${path.relative('', described)}/  (pods, events, logs, what the proxies say)`,
    );
  tell(`Again:  ${command.again}`);
  const suspect = report.scenarios.find(({ verdict }) => verdict !== 'passed');
  if (suspect) tell(`Steps:  ${planOf(command.names, suspect)}`);
}
