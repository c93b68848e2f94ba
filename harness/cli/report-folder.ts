/** Where the reports of a command go, and how many of them stay there. */
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { KEPT_REPORTS, removeAllReports, removeOldReports } from '../report/kept-reports.ts';
import { type OwnReport, REPORTS_FOLDER, reportsIn } from '../report/own-reports.ts';
import { type ReportPlace, reportPlace } from '../report/write.ts';
import type { ReportFlags } from './commands/output.flags.ts';
import { byteSize } from './terminal/byte-size.ts';

/** Chooses the folder for the report of a run in the working folder. */
export const placeOf = (runId: string, { reportDir }: ReportFlags): ReportPlace =>
  reportPlace({ workingFolder: process.cwd(), runId, reportDir });

/**
 * Removes the oldest reports beside one that was just written, as many as are too many, and tells of it.
 * @param tell - for what people may know
 * @param trouble - for what they have to know
 */
export async function keepReports(
  { folder, latest }: ReportPlace,
  { keepReports: keep = KEPT_REPORTS }: ReportFlags,
  tell: (text: string) => void,
  trouble: (text: string) => void,
): Promise<void> {
  if (latest === undefined || keep === 'all') return;
  const { removed, failures } = await removeOldReports(folder, keep, systemClock.now());
  if (removed.length > 0)
    tell(`Removed: ${countReports(removed, 'old ')}; --keep-reports ${keep} says how many stay.`);
  for (const failure of failures) trouble(`mesh-harness: An old report stays: ${failure}`);
}

/** Counts reports, and what they take: `3 reports, 1.2 MB`. @param kind - goes before the noun */
const countReports = (reports: readonly OwnReport[], kind = ''): string =>
  `${reports.length} ${kind}${reports.length === 1 ? 'report' : 'reports'}, ` +
  byteSize(reports.reduce((sum, { bytes }) => sum + bytes, 0));

/** Removes the reports in the working folder, or only counts them. @returns sentences, and what failed */
export async function cleanReports(isAsked: boolean): Promise<{
  readonly removed: readonly string[];
  readonly left: readonly string[];
  readonly failures: readonly string[];
}> {
  const all = path.resolve(REPORTS_FOLDER);
  const { removed, failures } = isAsked
    ? await removeAllReports(all, systemClock.now())
    : { removed: [], failures: [] };
  const left = reportsIn(all);
  const why = isAsked ? 'they are being written' : 'clean --reports removes them';
  return {
    removed: removed.length === 0 ? [] : [`${countReports(removed)} in ${REPORTS_FOLDER}/`],
    left: left.length === 0 ? [] : [`${REPORTS_FOLDER}/ has ${countReports(left)}; ${why}.`],
    failures,
  };
}
