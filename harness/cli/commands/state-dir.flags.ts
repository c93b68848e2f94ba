/** The flag that `up` and the commands for what is up have in common. */
import type { Command } from 'commander';

/** The folder with the state of the world that is up. */
export interface StateDirFlags {
  /** By default what `MESH_HARNESS_STATE_DIR` names, or else `mesh-harness/up` in the user's state folder. */
  readonly stateDir?: string;
}

/** Adds `--state-dir` to a command. */
export const addStateDirFlag = (command: Command): Command =>
  command.option(
    '--state-dir <dir>',
    'where its state lies (default: MESH_HARNESS_STATE_DIR, which env exports; else mesh-harness/up in the ' +
      'user’s state folder)',
  );

/** Returns the flag as words of a command line. */
export const argvOfStateDir = ({ stateDir }: StateDirFlags): readonly string[] =>
  stateDir === undefined ? [] : ['--state-dir', stateDir];
