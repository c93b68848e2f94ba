/** The settings of platforms with real clusters, from the flags and the environment. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { RealSettings } from '../platform/real-settings.ts';
import { cacheFolder, stateFolder } from '../process/folders.ts';
import type { LookedAtFlags, RealFlags } from './commands/real.flags.ts';
import type { Environment } from './environment.ts';

/** Returns the files that kubectl would read: those of KUBECONFIG, or else the one at its usual place. */
export const kubeconfigsOf = (env: Environment['env']): readonly string[] =>
  (env['KUBECONFIG'] ?? '')
    .split(path.delimiter)
    .filter(file => file !== '')
    .concat(env['KUBECONFIG'] ? [] : [path.join(homedir(), '.kube', 'config')]);

/**
 * Returns the settings of real clusters; paths are made absolute.
 * @param onProgress - called with what platforms do before a run's own steps begin
 */
export function realSettings(
  flags: LookedAtFlags & Partial<RealFlags>,
  edition: string,
  { env }: Environment,
  onProgress: (text: string) => void,
): RealSettings {
  const { nodeImage, bundle } = flags;
  const { mirror, istioDir, istioVersion, hub, tag, loadBalancer, registryConfig, imageArchive = [] } = flags;
  return {
    edition,
    state: stateFolder(env),
    cache: cacheFolder(env),
    path: env['PATH'] ?? '',
    variables: env,
    kubeconfigs: kubeconfigsOf(env),
    contexts: flags.context,
    apiServers: flags.apiServer,
    offline: flags.offline,
    noCache: flags.cache === false,
    set: flags.set ?? [],
    imageArchives: imageArchive.map(file => path.resolve(file)),
    onProgress,
    ...(mirror !== undefined && { mirror }),
    ...(istioDir !== undefined && { istioFolder: path.resolve(istioDir) }),
    ...(istioVersion !== undefined && { istioVersion }),
    ...(nodeImage !== undefined && { nodeImage }),
    ...(flags.cleanLeftovers === true && { cleanLeftovers: true }),
    ...(bundle !== undefined && { bundle: path.resolve(bundle) }),
    ...(hub !== undefined && { hub }),
    ...(tag !== undefined && { tag }),
    ...(loadBalancer !== undefined && { loadBalancer }),
    ...(registryConfig !== undefined && { registryConfig: path.resolve(registryConfig) }),
  };
}
