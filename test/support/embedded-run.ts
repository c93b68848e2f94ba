/** What the embedded tools make of a plan, read from both clusters before they go. */
import { sleep } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../harness/base/random.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import type { Plan } from '../../harness/plan/step.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import type { RunOptions } from '../../harness/run/run.ts';
import { run } from '../../harness/run/runner.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { readSamples } from '../../harness/session/samples.ts';
import { createEmbeddedTools } from '../../harness/tools/embedded/embedded-tools.ts';
import { allObjects } from './all-objects.ts';
import { ROOT } from './cli.ts';

/** Returns what makes the tools of a run: our own, for the release and the samples of a plan. */
export const embeddedToolsFor =
  ({ istioVersion }: Plan, samples: ReadonlyMap<string, string>): RunOptions['tools'] =>
  ({ clusters, clock }) =>
    createEmbeddedTools({ clusters, clock, random: createRandom('1'), samples, istioVersion });

/** Of the world's own time: by then load balancers have their addresses. */
const SETTLED_MS = 10_000;

/** @returns cluster → what `allObjects` finds in it */
export async function objectsAfterEmbeddedTools(
  scenario: string,
  edition = '1.8',
  change: (plan: Plan) => Plan = plan => plan,
): Promise<Readonly<Record<string, unknown>>> {
  const { topology } = await loadScenario(scenario, { folder: `${ROOT}/scenarios` });
  const plan = change(planTopology(topology, edition));
  const samples = await readSamples(plan.edition);
  const found: Record<string, unknown> = {};
  await run({
    topology,
    plan,
    platform: new SimulatorPlatform({ seed: '1' }),
    tools: embeddedToolsFor(plan, samples),
    seed: '1',
    runId: 'embedded',
    beforeCleanUp: async ({ clusters, clock }) => {
      // No step of edition 1.8 waits for the addresses of gateways.
      await sleep(clock, SETTLED_MS);
      for (const [name, cluster] of clusters) {
        const { dial } = cluster;
        const client = new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {});
        found[name] = Object.fromEntries(await allObjects(client));
        client.close();
      }
    },
  });
  return found;
}
