/** The edition of a run, which simulated clusters that are up may decide. */
import { HarnessError } from '../base/errors.ts';
import type { ExistingContext } from '../platform/existing/contexts.ts';
import { editionFor } from '../platform/versions.ts';
import type { RunFlags } from './commands/run.flags.ts';
import type { Environment } from './environment.ts';
import type { OwnIstioctl } from './own-istioctl.ts';
import { type EditionChoice, editionOfFlags } from './platform-choice.ts';
import { kubeconfigsOf } from './real-settings.ts';

/**
 * Chooses the edition as `editionOfFlags` does; of existing clusters that are our simulator's, it is that of
 * the release for which they were started.
 * @throws HarnessError ERR_USAGE if the edition asked for is not that of the user's istioctl
 */
export async function editionOfRun(
  flags: RunFlags,
  platform: string,
  istioctl: OwnIstioctl | undefined,
  { env, signal }: Pick<Environment, 'env' | 'signal'>,
): Promise<EditionChoice> {
  const { edition, istioDir, istioVersion } = flags;
  const isOpen =
    platform === 'existing' && [edition, istioDir, istioVersion].every(each => each === undefined);
  const marked = isOpen ? await markedEdition(flags.context, env) : undefined;
  return marked ?? (await editionOfFlags(flags, platform, istioctl, signal));
}

/** Reads the marks in the kubeconfig; what cannot be read, the platform tells when it starts. */
async function markedEdition(
  pairs: readonly string[],
  env: Environment['env'],
): Promise<EditionChoice | undefined> {
  // Runs on the simulator do without these.
  const { namedContexts } = await import('../platform/existing/cluster-flags.ts');
  const { readContexts } = await import('../platform/existing/contexts.ts');
  const files = kubeconfigsOf(env);
  const releaseOf = (name: ExistingContext['cluster'], context: string): readonly string[] => {
    try {
      return readContexts(files, new Map([[name, context]])).flatMap(
        ({ simulated }) => simulated?.istioVersion ?? [],
      );
    } catch (error) {
      if (error instanceof HarnessError) return [];
      throw error;
    }
  };
  const [release] = [...namedContexts(pairs, env)].flatMap(each => releaseOf(...each));
  if (release === undefined) return undefined;
  return { name: editionFor(release), because: `of simulated clusters for Istio ${release}` };
}
