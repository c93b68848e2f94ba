/** A plan carried out by real programs, kubectl and our istioctl, on an open simulated world. */
import path from 'node:path';
import { simulatorPrograms } from '../../harness/cli/simulator-programs.ts';
import type { Topology } from '../../harness/model/topology.ts';
import type { Plan } from '../../harness/plan/step.ts';
import { platformMaker } from '../../harness/platform/catalog.ts';
import type { RunOptions, RunOutcome } from '../../harness/run/run.ts';
import { run } from '../../harness/run/runner.ts';
import { readSamples } from '../../harness/session/samples.ts';
import { createProcessTools } from '../../harness/tools/process-tools.ts';

/** What is run, and by which kubectl. */
interface ByPrograms extends Pick<RunOptions, 'verify' | 'beforeCleanUp'> {
  readonly topology: Topology;
  readonly plan: Plan;
  /** Its path. */
  readonly kubectl: string;
  /** Where the programs' working folder is made. */
  readonly parentFolder?: string;
}

/** Runs the plan once. */
export async function runByPrograms(options: ByPrograms): Promise<RunOutcome> {
  const { topology, plan, kubectl, parentFolder, ...more } = options;
  const { edition, istioVersion } = plan;
  using own = await simulatorPrograms(edition, {
    PATH: `${path.dirname(kubectl)}:${process.env['PATH']}`,
  });
  const { programs } = own;
  const samples = await readSamples(edition);
  return await run({
    topology,
    plan,
    platform: await platformMaker('simulator')({ seed: '1', open: { istioVersion, programs } }),
    tools: ({ clusters }) =>
      createProcessTools({
        ...{ clusters, samples, edition },
        binaries: { istioctl: programs.istioctl, kubectl },
        env: programs.env,
        ...(parentFolder !== undefined && { parentFolder }),
      }),
    seed: '1',
    runId: 'programs',
    ...more,
  });
}
