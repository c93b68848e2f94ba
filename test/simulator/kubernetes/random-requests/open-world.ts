/** The process whose world random requests are sent to: two clusters, opened as `up` opens them. */
import { SimulatorPlatform } from '../../../../harness/platform/simulator/simulator-platform.ts';
import { describeDefect } from '../../../../harness/simulator/kubernetes/client/defect.ts';
import { twoClusters } from '../../../support/topologies.ts';

async function openWorld(seed: string): Promise<void> {
  const platform = new SimulatorPlatform({
    seed,
    open: {
      istioVersion: '1.30.0',
      onDefect: (cluster, defect) =>
        console.error(`In ${cluster}, ${describeDefect(defect)}\n${defect.error.stack}`),
    },
  });
  const topology = twoClusters(['network1', 'network1']);
  const started = await platform.start(topology, new AbortController().signal);
  // Its parent's end is its own.
  process.on('disconnect', () => process.exit());
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
  });
  process.send?.({
    kubeconfigs: [...started.clusters.values()].map(cluster => cluster.kubeconfig('this-machine')),
  });
}

const [, , seed] = process.argv;
// tap, when it is given the folder, runs every file in it.
if (seed !== undefined) await openWorld(seed);
