/** A simulated cluster inside this process that can be asked the corpus, with time that jumps. */
import { sleep } from '../../../harness/base/clock.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { startCluster } from '../../../harness/simulator/kubernetes/cluster.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';
import { images } from '../../simulator/kubernetes/test-world.ts';
import type { Asked } from './ask.ts';
import { Connection } from './connection.ts';

const RANGES = { podRange: '10.10.0.0/16', serviceRange: '10.255.0.0/16' };

/** Starts a cluster of one node, as `up --bare` has it. */
export async function simulatedCluster(): Promise<Asked & AsyncDisposable> {
  // The wall's now: OpenSSL checks certificates against it.
  const clock = new VirtualClock(Math.floor(Date.parse(new Date().toISOString())));
  const random = createRandom('corpus');
  const network = new VirtualNetwork({ clock, random, networks: [{ name: 'n', range: '172.18.0.0/16' }] });
  const machine = network.addMachine('laptop');
  clock.start();
  const cluster = await startCluster({
    name: 'cluster1',
    nodes: 1,
    ...RANGES,
    network: network.addCluster({ name: 'cluster1', network: 'n', ...RANGES }),
    clock,
    random,
    images,
  });
  const connection = new Connection(cluster.kubeconfig(), (host, port) => machine.connect(host, port));
  return {
    connection,
    sleep: seconds => sleep(clock, seconds * 1000),
    [Symbol.asyncDispose]: async () => {
      connection.close();
      await cluster.stop();
      clock.stop();
    },
  };
}
