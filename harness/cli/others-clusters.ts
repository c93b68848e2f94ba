/** Says whom a run does not touch, where the environment names clusters and no platform is named. */
import path from 'node:path';
import type { Environment } from './environment.ts';
import { upPaths } from './up/paths.ts';
import { readState } from './up/state.ts';

/**
 * Returns a line for the user whose variables `CTX_CLUSTER1` and so on name clusters that a run on the
 * simulator does not look at; none for one who has named the simulator.
 * @param platform - the one that was asked for, and the one that was chosen
 */
export function othersClusters(
  platform: { readonly asked: string | undefined; readonly chosen: string },
  { env }: Pick<Environment, 'env'>,
): readonly string[] {
  if (platform.chosen !== 'simulator' || platform.asked === 'simulator') return [];
  const names = Object.keys(env).filter(name => /^CTX_./.test(name) && env[name] !== '');
  if (names.length === 0) return [];
  const are = `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
  const up = worldOf(env);
  return [
    up === undefined
      ? `  ${are} set, but these clusters are simulated; yours are looked at with --platform existing.`
      : `  ${are} of ${up}, which is up; this run simulates its own. On those: --platform existing.`,
  ];
}

/** Returns the scenario that is up, if the variables are those that `env` prints for it. */
function worldOf(env: Environment['env']): string | undefined {
  const [kubeconfig = ''] = (env['KUBECONFIG'] ?? '').split(path.delimiter);
  if (kubeconfig === '') return undefined;
  const paths = upPaths(path.dirname(kubeconfig), env);
  if (paths.kubeconfig !== path.resolve(kubeconfig)) return undefined;
  try {
    const found = readState(paths);
    return found?.alive ? found.state.scenario : undefined;
  } catch {
    return undefined; // a folder of somebody else's
  }
}
