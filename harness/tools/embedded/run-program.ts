/** Runs an embedded program to its end, and makes a result of it. */

import { linkedSignal } from '../../base/deadline.ts';
import { redact } from '../../base/redact.ts';
import type { CommandResult } from '../../model/command.ts';
import { type Invocation, type Program, ToolExit } from './invocation.ts';

/**
 * Runs an embedded program to its end.
 * @param timeoutMs - milliseconds of the invocation's clock until the program counts as hung
 * @throws what the program throws besides its end and an abort: a defect of the harness
 */
export async function runProgram(
  program: Program,
  invocation: Omit<Invocation, 'stdout' | 'stderr'>,
  timeoutMs: number,
): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  using deadline = linkedSignal(invocation.signal, { clock: invocation.clock, timeoutMs });
  const end = (exitCode: number, fault?: CommandResult['fault']): CommandResult => ({
    exitCode,
    stdout,
    stderr: redact(stderr),
    ...(fault && { fault }),
  });
  try {
    const exitCode = await program({
      ...invocation,
      signal: deadline.signal,
      stdout: text => {
        stdout += text;
      },
      stderr: text => {
        stderr += text;
      },
    });
    return end(exitCode);
  } catch (error) {
    // 128 and the signal's number, as a shell has it: 15 is TERM, 9 is KILL.
    if (invocation.signal.aborted) return end(143, 'killed');
    if (deadline.expired()) return end(137, 'timeout');
    if (!(error instanceof ToolExit)) throw error;
    stderr += `${error.message}\n`;
    return end(error.exitCode, error.fault);
  }
}
