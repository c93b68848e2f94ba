/** How many reports are kept where they go by default: the oldest of more are removed. */
import path from 'node:path';
import { readlinkSync, rm } from '../base/disk/disk.ts';
import { removeIfEmpty } from '../base/disk/folders.ts';
import { messageOf } from '../base/errors.ts';
import { LATEST, type OwnReport, reportsIn } from './own-reports.ts';

/** How many reports are kept unless the command line says otherwise. */
export const KEPT_REPORTS = 20;

/** A folder without a whole report that nobody has touched for so long is what a killed run has left. */
const LEFT_AFTER_MS = 24 * 60 * 60 * 1000;

/** What was removed, and what could not be, a sentence each. */
interface RemovedReports {
  readonly removed: readonly OwnReport[];
  readonly failures: readonly string[];
}

/**
 * Removes the oldest reports beside one that was just written. Those that other runs write at the moment
 * stay, and so do the one that `latest` points to and folders with files of somebody else's.
 * @param folder - of the report that was written: it is kept, and counts
 * @param keep - how many reports stay, 1 at least
 * @param nowMs - of the wall's clock
 */
export async function removeOldReports(folder: string, keep: number, nowMs: number): Promise<RemovedReports> {
  const all = path.dirname(folder);
  const untouchable = [folder, latestIn(all)];
  const others = removable(all, nowMs)
    .filter(report => !untouchable.includes(report.folder))
    .sort((a, b) => b.writtenAtMs - a.writtenAtMs);
  const staying = new Set(untouchable.filter(each => each !== undefined)).size;
  return await removeReports(others.slice(Math.max(0, keep - staying)));
}

/** Removes every report in the folder where they go by default, and the folder if nothing is left in it. */
export async function removeAllReports(all: string, nowMs: number): Promise<RemovedReports> {
  const found = removable(all, nowMs);
  const result = await removeReports(found);
  const latest = latestIn(all);
  if (latest !== undefined && result.removed.some(({ folder }) => folder === latest))
    await rm(path.join(all, LATEST), { force: true });
  removeIfEmpty(all);
  return result;
}

const removable = (all: string, nowMs: number): readonly OwnReport[] =>
  reportsIn(all).filter(({ isWhole, writtenAtMs }) => isWhole || nowMs - writtenAtMs > LEFT_AFTER_MS);

async function removeReports(reports: readonly OwnReport[]): Promise<RemovedReports> {
  const removed: OwnReport[] = [];
  const failures: string[] = [];
  for (const report of reports) {
    try {
      await rm(report.folder, { recursive: true, force: true });
      removed.push(report);
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  return { removed, failures };
}

/** Returns the folder that `latest` points to. */
function latestIn(all: string): string | undefined {
  try {
    return path.resolve(all, readlinkSync(path.join(all, LATEST)));
  } catch {
    return undefined;
  }
}
