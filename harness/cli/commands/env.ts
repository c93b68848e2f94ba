/** `mesh-harness env`: the guide's variables for the world that is up, for a shell's eval. */
import { EXIT, HarnessError } from '../../base/errors.ts';
import type { Environment } from '../environment.ts';
import { noWorldIn, upPaths } from '../up/paths.ts';
import { readState } from '../up/state.ts';
import { exportsOf } from '../up/variables.ts';
import type { StateDirFlags } from './state-dir.flags.ts';

export async function envCommand(flags: StateDirFlags, { env, stdout }: Environment): Promise<number> {
  const paths = upPaths(flags.stateDir, env);
  const found = readState(paths);
  if (!found?.alive) {
    throw new HarnessError('ERR_USAGE', noWorldIn(paths, env), {
      hint: 'Start one: mesh-harness up multi-primary --detach',
    });
  }
  if (found.state.clusters.length === 0) {
    throw new HarnessError('ERR_USAGE', `${found.state.scenario} is only coming up; ask again in a moment.`);
  }
  stdout.write(exportsOf(found.state, paths));
  return EXIT.passed;
}
