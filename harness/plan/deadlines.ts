/** A plan whose waits are shorter or longer, for worlds that are faster or slower than the guide's. */
import { HarnessError } from '../base/errors.ts';
import type { Command } from '../model/command.ts';
import type { Plan, Step } from './step.ts';

/** Seconds that `istioctl install` waits for what it has installed unless it is told otherwise. */
const READINESS_SECONDS = 300;
const TIMEOUT_FLAG = /^--timeout=(\d+)s$/;

/**
 * Scales what the plan's commands wait for: the readiness of an installation, a Deployment, an address; and
 * the deadlines of their steps by as much. Commands that wait for nothing keep theirs, which tell what hangs.
 * @param scale - more than 0; 0.1 has istioctl wait for 30 s instead of five minutes
 * @throws HarnessError ERR_USAGE for a scale that is none
 */
export function scaleDeadlines(plan: Plan, scale: number): Plan {
  if (!(scale > 0 && Number.isFinite(scale)))
    throw new HarnessError('ERR_USAGE', `Deadlines cannot be scaled by ${scale}.`, {
      hint: 'A number more than 0: 0.1 waits for a tenth of the time.',
    });
  return scale === 1 ? plan : { ...plan, steps: plan.steps.map(step => scaleStep(step, scale)) };
}

function scaleStep(step: Step, scale: number): Step {
  const commands = step.commands.map(command => scaleCommand(command, scale));
  const gainedMs = commands.reduce(
    (sum, { timeoutMs }, at) => sum + timeoutMs - (step.commands[at]?.timeoutMs ?? 0),
    0,
  );
  return { ...step, commands, deadlineMs: step.deadlineMs + gainedMs };
}

function scaleCommand(command: Command, scale: number): Command {
  const secondsOf = (seconds: number) => `${Math.max(1, Math.round(seconds * scale))}s`;
  if (command.tool === 'istioctl' && command.args[0] === 'install')
    return waitingBy(command, scale, READINESS_SECONDS, [
      ...command.args,
      '--readiness-timeout',
      secondsOf(READINESS_SECONDS),
    ]);
  if (command.awaits === undefined) return command;
  const asked = command.args.map(word => TIMEOUT_FLAG.exec(word)?.[1]).find(seconds => seconds !== undefined);
  if (asked === undefined) return { ...command, timeoutMs: command.timeoutMs * scale };
  return waitingBy(
    command,
    scale,
    Number(asked),
    command.args.map(word => (TIMEOUT_FLAG.test(word) ? `--timeout=${secondsOf(Number(asked))}` : word)),
  );
}

/** Keeps what the command has beyond its own wait: until then it does not count as hung. */
function waitingBy(command: Command, scale: number, seconds: number, args: readonly string[]): Command {
  return { ...command, args, timeoutMs: command.timeoutMs + (scale - 1) * seconds * 1000 };
}
