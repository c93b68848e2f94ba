/** The commands of a plan, as a platform needs them. */
import type { Command } from '../model/command.ts';
import type { PlatformAdjustment } from '../platform/platform.ts';

/** Returns the command with what the platform adds to it. */
export function adjusted(command: Command, adjustments: readonly PlatformAdjustment[]): Command {
  const matching = adjustments.filter(
    ({ tool, verb, cluster }) =>
      tool === command.tool &&
      cluster === command.cluster &&
      verb.every((word, index) => command.args[index] === word),
  );
  let { args } = command;
  // In their order: where two set one value the later counts, and the user's own come last.
  for (const { verb, addArgs } of [...matching].reverse())
    args = [...verb, ...addArgs, ...args.slice(verb.length)];
  return { ...command, args };
}
