/** Reads reports that were written before, by this release or an older one. */
import path from 'node:path';
import { statSync } from '../../base/disk/disk.ts';
import { readTextFile } from '../../base/disk/read-file.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { firstOf } from '../../base/printable.ts';
import { type ConformanceReport, SCHEMA_VERSION } from '../report.ts';
import { type AnyReport, completed } from './complete.ts';
import { problemsOfReport } from './problems.ts';

/** A mesh of twenty clusters leaves some megabytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/** A report, and the file that it was read from. */
export interface ReadReport {
  /** As the user named it; `…/report.json` where that was a folder. */
  readonly file: string;
  readonly report: ConformanceReport;
}

/**
 * Reads a report.
 * @param fileOrFolder - a `report.json`, or the folder of a run, which holds one
 * @throws HarnessError ERR_UNREADABLE_FILE; ERR_INVALID_REPORT with its problems
 */
export function readReport(fileOrFolder: string): ReadReport {
  const isFolder = statSync(fileOrFolder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isFolder ? path.join(fileOrFolder, 'report.json') : fileOrFolder;
  return { file, report: parseReport(read(file), file) };
}

/**
 * Reads the text of a `report.json`.
 * @param file - how the text is called in error messages
 * @throws HarnessError ERR_INVALID_REPORT with its problems
 */
export function parseReport(text: string, file: string): ConformanceReport {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw invalid(file, [`it is no JSON: ${messageOf(error)}`]);
  }
  const problems = problemsOfReport(content);
  if (problems.length > 0) throw invalid(file, problems);
  // The schema has looked at each field that the type names.
  return completed(content as AnyReport);
}

function read(file: string): string {
  try {
    return readTextFile(file, MAX_BYTES);
  } catch (error) {
    throw new HarnessError('ERR_UNREADABLE_FILE', `The report ${file} cannot be read: ${messageOf(error)}`, {
      hint: 'Name a report.json, or the folder of a run that has one: mesh-harness-report/latest.',
      cause: error,
    });
  }
}

function invalid(file: string, problems: readonly string[]): HarnessError {
  const lines = firstOf(problems).map(line => `  ${line}`);
  return new HarnessError(
    'ERR_INVALID_REPORT',
    `${file} is no report of schema version ${SCHEMA_VERSION}:\n${lines.join('\n')}`,
    { hint: 'docs/reports.md tells the schema; report.json is the file that programs read.' },
  );
}
