/** The flag by which security objects that are not simulated are taken. */
import type { Command } from 'commander';

/** Adds the flag; a scenario file has it as `allowNotSimulated`. */
export const addAllowNotSimulatedFlag = (command: Command): Command =>
  command.option(
    '--allow-not-simulated',
    'take security objects that the simulator does not execute, with a warning (default: they are refused)',
    false,
  );

/** Returns the words of a command line that choose the same. */
export const argvOfAllowNotSimulated = (flags: {
  readonly allowNotSimulated?: boolean;
}): readonly string[] => (flags.allowNotSimulated ? ['--allow-not-simulated'] : []);
