/** Tells reports of ours from what others keep in a folder. It reads, and writes nothing. */
import path from 'node:path';
import { lstatSync } from '../base/disk/disk.ts';
import { namesIn } from '../base/disk/folders.ts';
import { readHead } from '../base/disk/read-file.ts';
import { DIGESTS_FILE } from './digests.ts';

/** How each file of a report begins; other programs write files of the same names. */
const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  'report.json': /"name": "mesh-harness"/,
  'junit.xml': /<testsuites name="mesh-harness"/,
  'report.tap': /^TAP version 14\n/,
  'report.html': /<title>mesh-harness/,
  'report.md': /^# mesh-harness/,
  'ctrf.json': /"generatedBy": "mesh-harness"/,
  'conformance.yaml': /^apiVersion: mesh-harness\/v1\nkind: ConformanceReport\n/,
  [DIGESTS_FILE]: /^[0-9a-f]{64} {2}(?:report|junit|ctrf|conformance)\./,
  'matrix.json': /^\{\n {2}"schemaVersion": \d+,\n {2}"evidence": "simulated"/,
  'matrix.md': /^# Misconfigurations, tried/,
};
const HEAD_BYTES = 8192;

/** What stands last in a folder: where one of these is, its report is whole. */
const LAST_WRITTEN = ['report.json', 'matrix.json'] as const;

/** Of a folder with a report, beside the files. */
const DIAGNOSTICS = 'diagnostics';
/** Where reports go unless the user says otherwise. */
export const REPORTS_FOLDER = 'mesh-harness-report';
/** The link to the newest report. */
export const LATEST = 'latest';
/** Half of a file, of a process that writes it or was killed. */
const HALF = /\.\d+-[0-9a-f]{12}\.tmp$/;
/** The folder of a run or of a matrix. */
const RUN_ID = /^(\d{8}-\d{6}-[0-9a-f]{6}|matrix-[0-9a-f]{8})$/;
/** What keeps an empty folder in git. */
const PLACEHOLDERS = ['.gitkeep', '.gitignore', '.keep'];

/** A folder with a report of ours, and nothing else. */
export interface OwnReport {
  /** Absolute. */
  readonly folder: string;
  /** When it was last written to; milliseconds of the wall's clock. */
  readonly writtenAtMs: number;
  /** False of one that is being written, or that could not be. */
  readonly isWhole: boolean;
  readonly bytes: number;
}

/** Returns the names in a folder that are no reports of ours, if none of ours is there either. */
export function foreignNamesIn(folder: string): readonly string[] {
  const names = namesIn(folder);
  const foreign = names.filter(name => !isOwn(folder, name));
  const mixed = LAST_WRITTEN.some(name => names.includes(name) && !foreign.includes(name));
  // Whoever has had reports written beside files of his own may do so again, but not over those files.
  return mixed ? foreign.filter(name => name in BEGINNINGS) : foreign;
}

function isOwn(folder: string, name: string): boolean {
  if (name in BEGINNINGS) return beginsAsOurs(folder, name);
  return (
    [DIAGNOSTICS, LATEST, REPORTS_FOLDER, ...PLACEHOLDERS].includes(name) ||
    HALF.test(name) ||
    RUN_ID.test(name)
  );
}

function beginsAsOurs(folder: string, name: string): boolean {
  try {
    return BEGINNINGS[name]?.test(readHead(path.join(folder, name), HEAD_BYTES)) === true;
  } catch {
    return false;
  }
}

/**
 * Finds the reports in the folder where they go by default. One into which somebody has put a file of their
 * own is not among them.
 */
export function reportsIn(all: string): readonly OwnReport[] {
  return namesIn(all)
    .filter(name => RUN_ID.test(name))
    .flatMap(name => reportIn(path.join(all, name)) ?? []);
}

function reportIn(folder: string): OwnReport | undefined {
  try {
    const own = lstatSync(folder);
    const names = namesIn(folder);
    if (!own.isDirectory() || !names.every(name => isOwnPart(folder, name))) return undefined;
    const last = LAST_WRITTEN.find(name => names.includes(name));
    const written = last === undefined ? own : lstatSync(path.join(folder, last));
    return { folder, writtenAtMs: written.mtimeMs, isWhole: last !== undefined, bytes: bytesIn(folder) };
  } catch {
    // Another run has just removed it.
    return undefined;
  }
}

const isOwnPart = (folder: string, name: string): boolean =>
  name === DIAGNOSTICS || HALF.test(name) || (name in BEGINNINGS && beginsAsOurs(folder, name));

function bytesIn(folder: string): number {
  return namesIn(folder).reduce((sum, name) => {
    const stats = lstatSync(path.join(folder, name));
    return sum + (stats.isDirectory() ? bytesIn(path.join(folder, name)) : stats.size);
  }, 0);
}
