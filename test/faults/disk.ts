/** Has each write of a command fail once, and holds what must come of it. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Test } from 'tap';
import { type DiskWrite, diskFaults } from '../../harness/base/disk/faults.ts';
import type { EndedHere } from '../support/parsed-cli.ts';
import { type HereOptions, runHere } from '../support/run-here.ts';

/** Codes that a write may fail with. */
export const CODES = ['ENOSPC', 'EROFS', 'EACCES', 'EMFILE', 'ENOENT'] as const;

/** A command whose writes fail. */
export interface Victim {
  readonly name: string;
  /** @param folder - an empty one, for all that it writes */
  argv(folder: string): readonly string[];
  /** How it is run. */
  options?(folder: string): HereOptions;
  /** What must hold after a write has failed. @returns what does not */
  hold(ended: EndedHere, folder: string, write: DiskWrite): readonly string[];
}

/** What was injected, and what came of it. */
export interface Injected {
  readonly points: number;
  readonly injected: number;
  /** Sentences about what must not be. */
  readonly problems: readonly string[];
}

/** Removing is given up in silence where it is the second failure; it is not injected by itself. */
const isInjected = ({ operation }: DiskWrite): boolean => operation !== 'rm' && operation !== 'rmdir';

const errorOf = (code: string, { operation, path: file }: DiskWrite): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: injected, ${operation} '${file}'`), { code, syscall: operation });

/** Runs a command once, and lists its writes in their order. */
async function writesOf(victim: Victim, folder: string): Promise<readonly DiskWrite[]> {
  const writes: DiskWrite[] = [];
  using _ = diskFaults.inject(write => {
    if (isInjected(write)) writes.push(write);
    return undefined;
  });
  await runHere(victim.argv(folder), victim.options?.(folder));
  return writes;
}

/**
 * Runs a command again and again, each time with one failing write.
 * @param wants - which pairs of a write's index and a code are tried
 */
export async function injectAll(
  t: Test,
  victim: Victim,
  wants: (index: number, code: string) => boolean,
): Promise<Injected> {
  const root = t.testdir();
  const writes = await writesOf(victim, path.join(root, 'count'));
  const problems: string[] = [];
  let injected = 0;
  for (const [index, expected] of writes.entries()) {
    for (const code of CODES.filter(each => wants(index, each))) {
      const folder = path.join(root, `${index}-${code}`);
      const { ended, hit } = await runWithFault(victim, folder, index, code);
      if (!hit) continue; // a race of two writes: it has another order this time
      injected += 1;
      const say = (problem: string) =>
        problems.push(`${victim.name}, ${expected.operation} no. ${index} (${code}): ${problem}`);
      for (const problem of [...holdAlways(ended), ...victim.hold(ended, folder, hit)]) say(problem);
    }
  }
  return { points: writes.length, injected, problems };
}

async function runWithFault(victim: Victim, folder: string, index: number, code: string) {
  let count = 0;
  let hit: DiskWrite | undefined;
  using _ = diskFaults.inject(write => {
    if (!isInjected(write)) return undefined;
    count += 1;
    if (count !== index + 1) return undefined;
    hit = write;
    return errorOf(code, write);
  });
  const ended = await runHere(victim.argv(folder), victim.options?.(folder));
  return { ended, hit };
}

/** Holds what is true of every failure: it is told, with what helps, and is no defect of ours. */
function holdAlways({ code, stderr }: EndedHere): readonly string[] {
  return [
    ...(/a defect of ours|^ +at .*:\d+:\d+\)?$/m.test(stderr) ? [`a stack trace: ${stderr}`] : []),
    ...(code !== 0 && stderr === '' ? ['nothing is said'] : []),
  ];
}

/** Lists all files and folders below a folder; none if it is not there. */
export const filesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
