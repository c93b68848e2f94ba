/**
 * Starts the process that stays, apart from this one and its terminal, and waits until its world is ready.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';
import { closeSync, fstatSync, makeFolderSync, openSync, readSync, rmSync } from '../../base/disk/disk.ts';
import { removeIfEmpty } from '../../base/disk/folders.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import { EXIT, HarnessError } from '../../base/errors.ts';
import type { Environment } from '../environment.ts';
import { columnsOf, wrappedLines } from '../terminal/text-width.ts';
import type { UpPaths } from './paths.ts';
import { cliEntry } from './release-folder.ts';
import { readState } from './state.ts';
import { earlyLog, UP_MARK } from './state-folder.ts';
import { exportsOf } from './variables.ts';

const SHOW_EVERY_MS = 100;

/** The message of the process when its world is ready. */
interface Ready {
  readonly ready: true;
  readonly exitCode: number;
}

/**
 * Starts our command line in a process of its own, and shows what it logs until its world is ready.
 * @param argv - for our command line: it must stay up
 * @returns the exit code of the plan that was applied
 * @throws HarnessError if the process ends before it is ready
 */
export async function startDetached(
  argv: readonly string[],
  paths: UpPaths,
  { env, stdout, stderr, signal }: Environment,
): Promise<number> {
  const early = earlyLog(paths);
  const log = openLog(early);
  try {
    const child = spawn(process.execPath, [cliEntry(), ...argv], {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...env, MESH_HARNESS_DETACHED: early, [UP_MARK]: paths.folder },
    });
    const show = follow(log, text => stderr.write(wrappedLines(text, columnsOf(stderr))), systemClock);
    const outcome = await outcomeOf(child, signal);
    show.stop();
    if (!('ready' in outcome)) {
      if (signal.aborted) return EXIT.interrupted;
      // It has said itself what is wrong.
      if (outcome.code === EXIT.usage) return EXIT.usage;
      throw endedEarly(outcome.code);
    }
    child.disconnect();
    child.unref();
    const found = readState(paths);
    if (found) stdout.write(exportsOf(found.state, paths));
    return outcome.exitCode;
  } finally {
    closeSync(log);
    giveBack(early, paths);
  }
}

/** Removes the log that no world has taken, and the folder if it is empty. What is there is another's. */
function giveBack(early: string, { folder }: UpPaths): void {
  rmSync(early, { force: true });
  removeIfEmpty(folder);
}

/** Waits until the process is ready or ends; the signal ends it. */
async function outcomeOf(
  child: ChildProcess,
  signal: AbortSignal,
): Promise<Ready | { readonly code: number | null }> {
  const onAbort = () => child.kill('SIGTERM');
  signal.addEventListener('abort', onAbort, { once: true });
  const outcome = await new Promise<Ready | { readonly code: number | null }>((resolve, reject) => {
    child.once('message', message => resolve(message as Ready)); // it sends nothing else
    child.once('exit', code => resolve({ code }));
    child.once('error', reject);
  });
  signal.removeEventListener('abort', onAbort);
  return outcome;
}

function endedEarly(code: number | null): HarnessError {
  return new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `The process ended before it was ready (${code ?? 'killed'}).`,
    {
      hint: 'What it said last stands above.',
    },
  );
}

function openLog(file: string): number {
  makeFolderSync(path.dirname(file), OWNER_ONLY_FOLDER);
  return openSync(file, 'w+', OWNER_ONLY);
}

/** Shows what is appended to a file. */
function follow(file: number, show: (text: string) => void, clock: Clock): { stop(): void } {
  let at = 0;
  let timer: Timer | undefined;
  const showMore = () => {
    const { size } = fstatSync(file);
    if (size <= at) return;
    const buffer = Buffer.alloc(size - at);
    at += readSync(file, buffer, 0, buffer.length, at);
    show(buffer.toString());
  };
  const tick = () => {
    showMore();
    timer = clock.setTimeout(tick, SHOW_EVERY_MS);
  };
  tick();
  return {
    stop: () => {
      clock.clearTimeout(timer);
      showMore();
    },
  };
}
