/** Writes reports into a folder: the only file of this layer that touches the disk. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { makeFolderSync, readdir, rename, rm, symlink, writeFile } from '../base/disk/disk.ts';
import { writeError } from '../base/disk/write-error.ts';
import { codeOf, HarnessError, messageOf } from '../base/errors.ts';
import { quoteWord } from '../base/quote.ts';
import { assertFolderWritable } from '../base/writable-folder.ts';
import { foreignNamesIn, LATEST, REPORTS_FOLDER } from './own-reports.ts';

export interface ReportPlace {
  /** Absolute path of the folder that holds the files. */
  readonly folder: string;
  /** Absolute path of the link that is to point to it; absent if the user chose the folder. */
  readonly latest?: string;
}

/**
 * Chooses the folder for the report of a run: exactly `reportDir`, or a folder of its own beside a `latest`
 * link.
 * @param workingFolder - relative paths start here
 */
export function reportPlace(options: {
  readonly workingFolder: string;
  readonly runId: string;
  readonly reportDir?: string | undefined;
}): ReportPlace {
  const { workingFolder, runId, reportDir } = options;
  if (reportDir !== undefined) return { folder: path.resolve(workingFolder, reportDir) };
  const all = path.resolve(workingFolder, REPORTS_FOLDER);
  return { folder: path.join(all, runId), latest: path.join(all, LATEST) };
}

/**
 * Makes sure that reports can be written there, before anything is started, and that they replace nothing but
 * reports. Leaves no folder.
 * @throws HarnessError ERR_UNWRITABLE_FOLDER
 */
export async function assertWritable({ folder, latest }: ReportPlace): Promise<void> {
  if (latest === undefined) refuseForeign(folder);
  try {
    await assertFolderWritable(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/**
 * Writes files into the report's folder, each of them whole or not at all, and makes `latest` point there.
 * @param files - name → content: `{ 'report.json': '…' }`
 * @returns the absolute paths, in the order given
 * @throws HarnessError ERR_WRITE_FAILED
 */
export async function writeReport(
  place: ReportPlace,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  try {
    makeFolderSync(place.folder);
    await sweep(place.folder);
    if (place.latest !== undefined) await sweep(path.dirname(place.latest));
    const written: string[] = [];
    for (const [name, content] of Object.entries(files)) {
      const target = path.join(place.folder, name);
      await replace(target, temporary => writeFile(temporary, content, { flag: 'wx', mode: 0o644 }));
      written.push(target);
    }
    if (place.latest !== undefined) {
      const to = path.relative(path.dirname(place.latest), place.folder);
      await replace(place.latest, temporary => symlink(to, temporary, 'dir'));
    }
    return written;
  } catch (error) {
    throw error instanceof HarnessError ? error : writeError(place.folder, error);
  }
}

/**
 * Makes the new thing beside the old one, then renames it: a reader sees either, and two runs at once don't
 * mix.
 */
async function replace(target: string, create: (temporary: string) => Promise<void>): Promise<void> {
  // A name that no other process picks; it has nothing to do with the run's own chance.
  const temporary = `${target}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  try {
    await create(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes what a process that was killed in the middle of `replace` has left. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /\.(\d+)-[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return codeOf(error) === 'EPERM';
  }
}

/** How many names of what is in a folder are told. */
const MOST_TOLD = 3;

/** @throws HarnessError ERR_UNWRITABLE_FOLDER for a folder in which others keep something */
function refuseForeign(folder: string): void {
  const foreign = foreignNamesIn(folder);
  if (foreign.length === 0) return;
  const told = foreign.slice(0, MOST_TOLD).join(', ');
  const more = foreign.length > MOST_TOLD ? ` and ${foreign.length - MOST_TOLD} more` : '';
  const other = quoteWord(path.join(folder, REPORTS_FOLDER));
  throw new HarnessError(
    'ERR_UNWRITABLE_FOLDER',
    `The folder for reports, ${folder}, holds what is no report of ours: ${told}${more}.`,
    { hint: `Name a folder that is empty, new, or has reports: --report-dir ${other}` },
  );
}

function unwritable(folder: string, cause: unknown): HarnessError {
  return new HarnessError(
    'ERR_UNWRITABLE_FOLDER',
    `The folder for reports, ${folder}, cannot be written to: ${messageOf(cause)}`,
    {
      hint: 'Choose another: --report-dir DIR',
      cause,
    },
  );
}
