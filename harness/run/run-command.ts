/** One command of a step, repeated while a value is awaited, and what is said of its failure. */
import { type Clock, sleep } from '../base/clock.ts';
import { redact } from '../base/redact.ts';
import type { Command, CommandResult } from '../model/command.ts';
import type { Tools } from '../tools/tools.ts';
import { isDrawing, lastWords } from './last-words.ts';
import { differenceFrom, onlyLooks } from './shown-output.ts';

/** What a command works with. */
export interface CommandContext {
  readonly tools: Tools;
  readonly clock: Clock;
  /** Values that steps have captured. */
  readonly variables: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** For what the guide shows to be there: its reader looks again and again. */
const LOOK_MS = 60_000;
/** Between two attempts to obtain a value that is awaited, or to see what the guide shows. */
const CAPTURE_INTERVAL_MS = 1000;

/**
 * Runs a command. One that awaits a value is repeated until there is one, or its time is over; one that only
 * looks is repeated until it prints what the guide shows, and is no failure if it never does.
 * @param stdin - what the command before has written into its pipe
 * @param stepDeadlineAtMs - of the context's clock
 * @returns the last attempt's result, and what went wrong; never rejects for a failure of the command
 */
export async function runCommand(
  command: Command,
  stdin: string | undefined,
  { tools, clock, variables, signal, onProgress }: CommandContext,
  stepDeadlineAtMs: number,
): Promise<{ readonly result: CommandResult; readonly failure?: string }> {
  const awaited = command.output?.to === 'variable' ? command.awaits : undefined;
  const startedAtMs = clock.now();
  // A value that never comes is a finding about the mesh. So the last attempt must end before the deadline
  // cuts the step off.
  const untilMs = Math.min(startedAtMs + command.timeoutMs, stepDeadlineAtMs - CAPTURE_INTERVAL_MS);
  for (;;) {
    const result = await tools.run(command, {
      ...(stdin !== undefined && { stdin }),
      variables,
      signal,
      onProgress: line => {
        if (!isDrawing(line)) onProgress(redact(line));
      },
    });
    const obtained = awaited === undefined || captured(result.stdout) !== '';
    const isDone = result.exitCode === 0 && result.fault === undefined && obtained;
    const isLooking = isDone && !isAsShown(command, result);
    const nextMs = clock.now() + CAPTURE_INTERVAL_MS;
    if (isDone && (!isLooking || nextMs > Math.min(untilMs, startedAtMs + LOOK_MS))) return { result };
    const retry = isLooking || (awaited !== undefined && result.fault === undefined && nextMs <= untilMs);
    if (!retry) return { result, failure: failureOf(command, result, clock.now() - startedAtMs) };
    onProgress(`waiting for ${awaited ?? 'what the guide shows'}`);
    try {
      await sleep(clock, CAPTURE_INTERVAL_MS, signal);
    } catch {
      return {
        result: { ...result, fault: 'killed' },
        failure: failureOf(command, { ...result, fault: 'killed' }, 0),
      };
    }
  }
}

/** False for a command that looks at something, and does not see what the guide shows. */
const isAsShown = (command: Command, { stdout }: CommandResult): boolean =>
  command.shows === undefined || !onlyLooks(command) || !differenceFrom(command.shows, stdout, command);

function failureOf(command: Command, result: CommandResult, tookMs: number): string {
  const last = lastWords(result);
  switch (result.fault) {
    case 'missing-tool':
      return `${command.tool} is not there: ${last}`;
    case 'timeout':
      return `${command.tool} did not end within ${command.timeoutMs / 1000} s. Last seen: ${last}`;
    case 'killed':
      return `${command.tool} was killed. Last seen: ${last}`;
    case 'api-unreachable':
      return `${command.tool} could not reach the API server: ${last}`;
    default:
  }
  if (command.output?.to === 'variable' && command.awaits !== undefined) {
    return `Waited ${Math.round(tookMs / 1000)} s for ${command.awaits}, in vain. Last seen: ${last}`;
  }
  const waited = command.awaits === undefined ? '' : ` while it waited for ${command.awaits}`;
  return `${command.tool} ended with exit code ${result.exitCode}${waited}: ${last}`;
}

/** Returns an output as `$(…)` has it: without the newlines at the end. */
export const captured = (stdout: string) => stdout.replace(/\n+$/, '');
