/** `mesh-harness report merge`: several reports become one. */
import path from 'node:path';
import { HarnessError } from '../../base/errors.ts';
import { mergeReports } from '../../report/read/merge.ts';
import { type ReadReport, readReport } from '../../report/read/read-report.ts';
import { assertWritable } from '../../report/write.ts';
import { newRunId } from '../../session/run-id.ts';
import type { Environment } from '../environment.ts';
import { keepReports, placeOf } from '../report-folder.ts';
import { createResults } from '../result-output.ts';
import { createScreen } from '../terminal/screen.ts';
import type { ReportMergeFlags } from './report.flags.ts';
import { publishResults } from './run-results.ts';

/**
 * Joins reports and writes the result in every format.
 * @returns the exit code of the joined verdict
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_INVALID_REPORT, ERR_USAGE, ERR_UNWRITABLE_FOLDER
 */
export async function reportMergeCommand(
  names: readonly string[],
  flags: ReportMergeFlags,
  environment: Environment,
): Promise<number> {
  const screen = createScreen(environment);
  const read = names.map(readReport);
  const report = mergeReports(read.map(each => each.report));
  const place = placeOf(newRunId(), flags);
  assertApart(place.folder, read);
  await assertWritable(place);
  const results = createResults(flags.output, environment);
  const { scenarios, notBegun = [] } = report;
  results.begin([...scenarios.map(({ scenario }) => scenario), ...notBegun]);
  const { files, exitCode } = await publishResults(place, report, { results, screen, environment });
  results.end(report, { exitCode, files });
  if (files.length === 0) return exitCode;
  const tell = (text: string) => flags.quiet || screen.progress(text);
  tell(`\nReport: ${path.relative('', place.folder) || '.'}/`);
  await keepReports(place, flags, tell, screen.progress);
  return exitCode;
}

/** The joined report would take the place of one that it is made of. */
function assertApart(folder: string, read: readonly ReadReport[]): void {
  const over = read.find(({ file }) => path.resolve(path.dirname(file)) === folder);
  if (over)
    throw new HarnessError(
      'ERR_USAGE',
      `--report-dir would write over ${over.file}, which is to be joined.`,
      {
        hint: 'Choose a folder that holds none of the reports.',
      },
    );
}
