/** A mesh on the wall's clock in which real Envoys stand for some sidecars. */
import { CleanupStack } from '../../../harness/base/dispose.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { planTopology } from '../../../harness/plan/plan.ts';
import { SimulatorPlatform } from '../../../harness/platform/simulator/simulator-platform.ts';
import { run } from '../../../harness/run/runner.ts';
import { loadScenario } from '../../../harness/scenario/load.ts';
import { readSamples } from '../../../harness/session/samples.ts';
import { proxyImages } from '../../../harness/simulator/images/proxyv2.ts';
import { pilotAgent } from '../../../harness/simulator/istio/agent/agent.ts';
import type { Main } from '../../../harness/simulator/program.ts';
import type { World } from '../../../harness/simulator/world.ts';
import { ROOT } from '../../support/cli.ts';
import { embeddedToolsFor } from '../../support/embedded-run.ts';
import { withoutIstioFilters } from '../without-istio-filters.ts';

const AGENT = '/usr/local/bin/pilot-agent';

/**
 * Lets another program do the work of some sidecars' agents, in every world of this process.
 * @param isChosen - by the cluster and the pod's name: `cluster1/curl-5f9c7f4879-57ts2`
 */
export function replaceAgents(isChosen: (pod: string) => boolean, main: Main): void {
  const agent: Main = context => {
    const pod = `${context.env['ISTIO_META_CLUSTER_ID']}/${context.hostname}`;
    return context.argv[1] === 'proxy' && isChosen(pod) ? main(context) : pilotAgent(context);
  };
  // Nobody but this peer changes an image: the catalog is no option of a world.
  for (const { programs } of proxyImages) (programs as Record<string, Main>)[AGENT] = agent;
}

/** A mesh as the guide leaves it. */
export interface Mesh extends AsyncDisposable {
  readonly world: World;
  readonly clients: ReadonlyMap<string, KubernetesClient>;
}

/** Carries the plan of a scenario out, without Istio's own filters. @throws Error if it does not pass */
export async function startMesh(scenario: string, edition: string): Promise<Mesh> {
  const { topology } = await loadScenario(scenario, { folder: `${ROOT}/scenarios` });
  const plan = withoutIstioFilters(planTopology(topology, edition));
  const samples = await readSamples(plan.edition);
  const worlds: World[] = [];
  const platform = new SimulatorPlatform({
    seed: '1',
    open: { istioVersion: plan.istioVersion },
    onWorld: made => worlds.push(made),
  });
  const cleanUp = new CleanupStack();
  const started = await platform.start(topology, AbortSignal.timeout(60_000));
  cleanUp.add('stop the world', async () => started[Symbol.asyncDispose]());
  const { reason } = await run({
    topology,
    plan,
    platform,
    started,
    tools: embeddedToolsFor(plan, samples),
    seed: '1',
    runId: 'calls',
  });
  const clients = new Map(
    [...started.clusters].map(([name, cluster]) => {
      const client = new KubernetesClient(cluster.kubeconfig('this-machine'));
      cleanUp.add(`close the client of ${name}`, () => client.close());
      return [String(name), client] as const;
    }),
  );
  const dispose = () => cleanUp[Symbol.asyncDispose]();
  const [world] = worlds;
  if (world && !reason) return { world, clients, [Symbol.asyncDispose]: dispose };
  await dispose();
  throw new Error(`${scenario}: ${JSON.stringify(reason)}`);
}
