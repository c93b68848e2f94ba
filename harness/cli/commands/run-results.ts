/** Writes the results of `mesh-harness run`: files, lines on the terminal, an exit code. */
import path from 'node:path';
import { existsSync } from '../../base/disk/disk.ts';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { redact } from '../../base/redact.ts';
import { DIGESTS_FILE, digestsOf } from '../../report/digests.ts';
import { FORMATS } from '../../report/formats.ts';
import type { ConformanceReport } from '../../report/report.ts';
import { duration } from '../../report/words.ts';
import { type ReportPlace, writeReport } from '../../report/write.ts';
import { planOf } from '../again.ts';
import type { Environment } from '../environment.ts';
import { tellGithub } from '../github.ts';
import type { ResultOutput } from '../result-output.ts';
import type { Screen } from '../terminal/screen.ts';
import type { RunFlags } from './run.flags.ts';

/** Names the folder that tells of the first failure, if one was written. */
export const diagnosticsIn = ({ folder }: ReportPlace): { readonly diagnostics?: string } =>
  existsSync(path.join(folder, 'diagnostics')) ? { diagnostics: 'diagnostics/' } : {};

/**
 * Writes the report in every format, the data last: whoever looks at the folder takes the report for whole
 * once it is there. @returns the paths of the files
 */
function writeFormats(place: ReportPlace, report: ConformanceReport): Promise<readonly string[]> {
  const { 'report.json': data, ...forPeople } = FORMATS;
  const formats = Object.entries({ ...forPeople, 'report.json': data });
  const files = Object.fromEntries(formats.map(([file, format]) => [file, format(report)]));
  return writeReport(place, { [DIGESTS_FILE]: digestsOf(files), ...files });
}

/**
 * Prints the verdicts, tells GitHub, then writes the report in every format: a report that cannot be written
 * takes no verdict with it.
 * @returns the paths of the files, none if they could not be written; and the exit code, which is that of
 *   the verdict, but 3 for a mesh that passed without the report that was asked for
 */
export async function publishResults(
  place: ReportPlace,
  report: ConformanceReport,
  told: { readonly results: ResultOutput; readonly screen: Screen; readonly environment: Environment },
): Promise<{ readonly files: readonly string[]; readonly exitCode: number }> {
  const { results, screen, environment } = told;
  results.verdicts(report);
  const trouble = await tellGithub(report, environment);
  if (trouble !== undefined) screen.progress(trouble);
  const exitCode = exitCodeOf(report);
  try {
    return { files: await writeFormats(place, report), exitCode };
  } catch (error) {
    screen.progress(reportLost(error));
    if (exitCode !== EXIT.passed) return { files: [], exitCode };
    screen.progress('The mesh passed; the exit code is 3 because its report is missing.');
    return { files: [], exitCode: EXIT.unknown };
  }
}

/** Says that a report is missing, and why. */
export function reportLost(error: unknown): string {
  const hint = error instanceof HarnessError && error.hint !== undefined ? `\n  ${error.hint}` : '';
  return redact(`mesh-harness: The report is not written: ${messageOf(error)}${hint}`);
}

/** Returns the exit code that stands for the verdict, or for an interruption. */
function exitCodeOf({ interrupted, verdict }: ConformanceReport): number {
  return interrupted ? EXIT.interrupted : EXIT[verdict];
}

/**
 * Tells where the report lies; after a failure also how to repeat the run, and how to read its steps.
 * @param command - the line that repeats it, and the scenarios that it names
 */
export function tellWhatIsNext(
  report: ConformanceReport,
  files: readonly string[],
  command: { readonly again: string; readonly names: readonly string[]; readonly flags?: RunFlags },
  tell: (text: string) => void,
): void {
  const { wallDurationMs } = report.volatile;
  if (report.scenarios.length > 1 && wallDurationMs !== null) tell(`\nAll took ${duration(wallDurationMs)}.`);
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
  if (suspect) tell(`Steps:  ${planOf(command.names, suspect, command.flags)}`);
}
