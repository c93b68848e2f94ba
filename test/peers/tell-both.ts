/** What the simulated istiod and a real one tell the same proxies of a scenario. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../harness/simulator/bridge/free-ports.ts';
import { NODE_TYPES, type NodeType, type Scenario, type Told } from '../support/recording.ts';
import { upWorld } from '../support/up.ts';
import { askDiscovery } from './ask-discovery.ts';
import { nodeOf } from './proxy-nodes.ts';
import { startIstiod } from './real-istiod.ts';

/** One proxy, and what it was told by each. */
export interface ToldByBoth {
  readonly node: string;
  readonly ours: Told;
  readonly real: Told;
}

const EMPTY: Told = { cds: [], eds: [], lds: [], rds: [], nds: [], ecds: [] };

/** Leads a port of loopback to the simulated istiod of a cluster. */
async function forwardToSimulated(kubeconfig: string, cluster: string) {
  const [port = 0] = await freePorts(1);
  const argv = ['--kubeconfig', kubeconfig, '--context', cluster, '-n', 'istio-system', 'port-forward'];
  const child = spawn('kubectl', [...argv, 'deployment/istiod', `${port}:15010`], { stdio: 'pipe' });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', code => reject(new Error(`kubectl port-forward has ended with ${code}`)));
  });
  return { port, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

/** Brings a scenario up, and asks both for the proxies of cluster1. */
export async function tellBoth(
  scenario: Scenario,
  program: string,
): Promise<ReadonlyMap<NodeType, ToldByBoth>> {
  const cluster = 'cluster1';
  await using world = await upWorld(scenario, ['--edition', 'current']);
  if (world.up.code !== 0) throw new Error(world.up.stderr);
  const kubeconfig = path.join(world.stateDir, 'kubeconfig');
  const nodes = NODE_TYPES.flatMap(type => {
    const node = nodeOf(kubeconfig, cluster, type);
    return node ? [{ type, node }] : [];
  });
  const ours = new Map<NodeType, Told>();
  {
    using simulated = await forwardToSimulated(kubeconfig, cluster);
    for (const { type, node } of nodes) ours.set(type, await askDiscovery(simulated.port, node));
  }
  const place = { kubeconfig, cluster, remotes: ['cluster2'] };
  const real = await startIstiod(program, place, path.join(world.folder, 'istiod'));
  try {
    await sleep(1000); // the last debounced push
    const result = new Map<NodeType, ToldByBoth>();
    for (const { type, node } of nodes)
      result.set(type, {
        node: node.id,
        ours: ours.get(type) ?? EMPTY,
        real: await askDiscovery(real.port, node),
      });
    return result;
  } finally {
    await real.stop();
  }
}
