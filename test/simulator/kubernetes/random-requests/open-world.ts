/** The process whose world random requests are sent to: two clusters, opened as `up` opens them. */
import { SimulatorPlatform } from '../../../../harness/platform/simulator/simulator-platform.ts';
import { describeDefect } from '../../../../harness/simulator/kubernetes/client/supervisor.ts';
import { twoClusters } from '../../../support/topologies.ts';

const [, , seed = ''] = process.argv;
const platform = new SimulatorPlatform({
  seed,
  open: {
    istioVersion: '1.30.0',
    onDefect: (cluster, defect) =>
      console.error(`In ${cluster}, ${describeDefect(defect)}\n${defect.error.stack}`),
  },
});
const started = await platform.start(twoClusters(['network1', 'network1']), new AbortController().signal);
// Its parent's end is its own.
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
});
process.send?.({
  kubeconfigs: [...started.clusters.values()].map(cluster => cluster.kubeconfig('this-machine')),
});
