/** What a run is to do, as far as it can be known before anything is started. */
import { editionOf } from '../plan/plan.ts';
import type { Shard } from '../report/report.ts';
import { controlPlaneSentence } from '../report/words.ts';
import type { RunFlags } from './commands/run.flags.ts';
import type { Environment } from './environment.ts';
import { assertFoldersApart, assertGivenFiles } from './given-files.ts';
import { editionOfRun } from './marked-edition.ts';
import { othersClusters } from './others-clusters.ts';
import { describeIstioctl, type OwnIstioctl, ownIstioctl } from './own-istioctl.ts';
import { choosePlatform, firstLine } from './platform-choice.ts';
import { type RealIstiodProgram, realIstiodOf } from './real-istiod.ts';
import { shardOf } from './shard.ts';
import { type RunWork, worksOf } from './works.ts';

/** The choices of a command line. */
export interface RunBeginning {
  readonly platform: string;
  readonly edition: string;
  readonly istioctl: OwnIstioctl | undefined;
  readonly istiod: RealIstiodProgram | undefined;
  /** Those of the shard, where there is one. */
  readonly works: readonly RunWork[];
  readonly shard?: Shard;
  /**
   * What people are told first, once nothing is wrong with the command line; if they want quiet, only whose
   * clusters are not looked at.
   */
  readonly lines: readonly string[];
}

/**
 * Reads what the command line names.
 * @throws HarnessError for what is wrong with it
 */
export async function beginRun(
  names: readonly string[],
  flags: RunFlags,
  environment: Environment,
): Promise<RunBeginning> {
  const { env, signal } = environment;
  const asked = flags.platform ?? env['MESH_HARNESS_PLATFORM'];
  const choice = choosePlatform(asked, env);
  assertGivenFiles(flags, choice.name);
  const istioctl = await ownIstioctl(flags, choice.name, signal);
  const chosen = await editionOfRun(flags, choice.name, istioctl, environment);
  const istiod = await realIstiodOf(flags.istiod, { edition: chosen.name, signal });
  const all = await worksOf(names, flags, { edition: chosen.name, platform: choice.name, signal });
  assertFoldersApart(
    flags,
    all.map(({ topology }) => topology.name),
  );
  const part = flags.shard && shardOf(all, flags.shard, ({ topology }) => topology.name);
  const works = part?.works ?? all;
  const [{ topology } = { topology: undefined }] = works;
  const clusters = choice.name === 'existing' && topology ? await clustersOf(flags, env, topology) : '';
  const others = othersClusters({ asked, chosen: choice.name }, environment);
  return {
    platform: choice.name,
    edition: chosen.name,
    ...{ istioctl, istiod, works },
    ...(part && { shard: part.shard }),
    lines: flags.quiet
      ? others
      : [
          firstLine(choice, chosen, clusters),
          ...others,
          ...(istioctl ? [`  ${describeIstioctl(istioctl)}`] : []),
          ...(istiod
            ? [`  ${controlPlaneSentence(istiod.version, editionOf(chosen.name).istioVersion)}`]
            : []),
          ...works.flatMap(({ notes = [] }) => notes.map(note => `  ${note}`)),
        ],
  };
}

/** Names the clusters of a run as `doctor` does: `cluster1 (prod-a), cluster2 (prod-b)`. */
async function clustersOf(
  { context }: RunFlags,
  env: Environment['env'],
  topology: RunWork['topology'],
): Promise<string> {
  // Runs on the simulator do without this.
  const { contextNames } = await import('../platform/existing/cluster-flags.ts');
  const names = contextNames(topology, context, env);
  return [...names].map(([cluster, name]) => `${cluster} (${name})`).join(', ');
}
