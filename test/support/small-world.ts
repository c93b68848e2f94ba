/** A running virtual clock and a network of two networks and three clusters, for tests of what runs on it. */

import type { Authority } from '../../harness/base/authority.ts';
import { createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import { createRandom } from '../../harness/base/random.ts';
import type {
  ClusterNetwork,
  NetworkNamespace,
  VirtualSocket,
} from '../../harness/simulator/network/interfaces.ts';
import { VirtualClock } from '../../harness/simulator/network/virtual-clock.ts';
import { VirtualNetwork } from '../../harness/simulator/network/virtual-network.ts';

export interface SmallWorld extends Disposable {
  readonly clock: VirtualClock;
  readonly network: VirtualNetwork;
  /** `east` and `west` share network1, `far` is on network2; each has one node and room for pods. */
  readonly clusters: Readonly<Record<'east' | 'west' | 'far', ClusterNetwork>>;
  readonly nodes: Readonly<Record<'east' | 'west' | 'far', NetworkNamespace>>;
  readonly laptop: NetworkNamespace;
  /** Milliseconds of virtual time since the world began. */
  elapsed(): number;
}

/** 2020-11-19, when Istio 1.8.0 was released. */
export const START_MS = Date.UTC(2020, 10, 19);

export function smallWorld(seed = 'test', startMs = START_MS): SmallWorld {
  const clock = new VirtualClock(startMs);
  const network = new VirtualNetwork({
    clock,
    random: createRandom(seed),
    networks: [
      { name: 'network1', range: '172.18.0.0/16' },
      { name: 'network2', range: '172.19.0.0/16' },
    ],
  });
  const add = (name: string, on: string, index: number) =>
    network.addCluster({
      name,
      network: on,
      podRange: `10.${index}0.0.0/16`,
      serviceRange: `10.1${index}0.0.0/16`,
    });
  const clusters = {
    east: add('east', 'network1', 1),
    west: add('west', 'network1', 2),
    far: add('far', 'network2', 3),
  };
  const nodes = {
    east: clusters.east.addNode('east-node'),
    west: clusters.west.addNode('west-node'),
    far: clusters.far.addNode('far-node'),
  };
  const laptop = network.addMachine('laptop');
  clock.start();
  return {
    clock,
    network,
    clusters,
    nodes,
    laptop,
    elapsed: () => clock.now() - startMs,
    [Symbol.dispose]: () => clock.stop(),
  };
}

/** Resolves with `connected` or the code of the error; the socket stays open. */
export function outcomeOf(socket: VirtualSocket): Promise<string> {
  return new Promise(resolve => {
    socket.once('connect', () => resolve('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** All that a socket receives until the other side ends. (A `for await` would close both directions.) */
export function textOf(socket: VirtualSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.once('end', () => resolve(text));
    socket.once('error', reject);
  });
}

/** A CA, and a certificate of it with its key, valid by the wall's clock. */
export async function credentials(...dnsNames: string[]): Promise<{
  ca: Authority;
  key: string;
  cert: string;
  issue: (name: string) => Promise<{ key: string; cert: string }>;
}> {
  const validity = { notBeforeMs: Date.now() - 86_400_000, notAfterMs: Date.now() + 86_400_000 };
  const ca = await createRootCa({ commonName: 'Test CA', ...validity });
  const issue = async (...names: string[]) => {
    const keys = createKeyPair();
    const ipAddresses = names.filter(name => /^[\d.]+$/.test(name));
    const cert = await issueCertificate(ca, {
      commonName: names[0] ?? 'nobody',
      dnsNames: names.filter(name => !ipAddresses.includes(name)),
      ipAddresses,
      publicKeyDer: keys.publicKeyDer,
      ...validity,
    });
    return { key: keys.privateKeyPem, cert };
  };
  return { ca, issue, ...(await issue(...dnsNames)) };
}
