/** A program of Istio that the command line names by its path, found and asked for its version. */
import path from 'node:path';
import { accessSync, constants, statSync } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import { quoteArgv } from '../base/quote.ts';
import { type ProcessResult, runProcess } from '../process/run.ts';

/** What is asked for, and how it is known again. */
export interface WantedProgram {
  /** `istioctl` */
  readonly name: string;
  /** The flag that names it. */
  readonly flag: string;
  readonly versionArgv: readonly string[];
  /** Reads the answer; undefined if no such program gives it. */
  readVersion(stdout: string): string | undefined;
  /** How to get the program, or to do without. */
  readonly hint: string;
}

/** A program of this machine. */
export interface GivenProgram {
  /** Absolute. */
  readonly path: string;
  /** As the program tells it; `unknown` where it was built without one. */
  readonly version: string;
}

const VERSION_MS = 15_000;

/**
 * Finds the program, and asks it for its version.
 * @param asked - a path as the user wrote it
 * @throws HarnessError ERR_USAGE if it is empty, or names no such program; ERR_TOOL if it gives no answer
 */
export async function givenProgram(
  wanted: WantedProgram,
  asked: string,
  signal: AbortSignal,
): Promise<GivenProgram> {
  if (asked === '')
    throw new HarnessError('ERR_USAGE', `${wanted.flag} is given an empty path.`, { hint: wanted.hint });
  const file = path.resolve(asked);
  const problem = problemOf(file);
  if (problem !== undefined)
    throw new HarnessError('ERR_USAGE', `${wanted.flag} ${asked}: ${problem}`, { hint: wanted.hint });
  const result = await runProcess(file, wanted.versionArgv, { timeoutMs: VERSION_MS, signal });
  signal.throwIfAborted();
  const version = result.exitCode === 0 ? wanted.readVersion(result.stdout) : undefined;
  if (version !== undefined) return { path: file, version };
  const command = quoteArgv([path.basename(file), ...wanted.versionArgv]);
  throw new HarnessError(
    result.fault === 'timeout' ? 'ERR_TOOL' : 'ERR_USAGE',
    `${wanted.flag} ${asked}: this is no ${wanted.name} that runs here (${process.platform}, ` +
      `${process.arch}). \`${command}\` ${endOf(result)}`,
    { hint: wanted.hint },
  );
}

/** @returns why a file is no program, as a sentence */
function problemOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return `there is no file ${file}.`;
  if (found.isDirectory()) return 'this is a folder, not a program in it.';
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return 'this file is no program, or lacks the right to be run (chmod +x).';
  }
}

/** Tells how it ended, as the end of a sentence: of what it said, first the line that names an error. */
function endOf({ exitCode, stdout, stderr, fault }: ProcessResult): string {
  if (fault === 'timeout') return `gives no answer within ${VERSION_MS / 1000} s.`;
  const lines = `${stderr}\n${stdout}`.split('\n').filter(line => line.trim() !== '');
  const line = lines.find(each => /error/i.test(each)) ?? lines[0];
  const said = line === undefined ? 'nothing' : `“${line.trim().slice(0, 200)}”`;
  return `ends with ${exitCode}, and says ${said}.`;
}
