/** Calls that fail, from a sidecar with a real Envoy and from a simulated one beside it, in the same mesh. */
import type { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { createMeshCertificates } from '../../../harness/model/mesh-certificates.ts';
import type { Flow } from '../../../harness/simulator/network/faults.ts';
import {
  type Answer,
  call,
  gatewayOf,
  helloWorldAddresses,
  loadBalancerOf,
  restart,
  scale,
  THROUGH_GATEWAY,
  untilHosts,
  untilReady,
} from './cluster-view.ts';
import { statOf } from './envoy-admin.ts';
import type { Mesh } from './mesh.ts';
import { command } from './network-namespaces.ts';
import type { RealSidecar } from './real-sidecar.ts';

/** The client without a real Envoy. */
export const SIMULATED_CLIENT = 'simulated-curl';
/** The client with one; `curl-` begins no other name. */
export const REAL_CLIENT = 'curl-';

const CLIENTS = [REAL_CLIENT, SIMULATED_CLIENT] as const;
const OUTBOUND = 'outbound|5000||helloworld.sample.svc.cluster.local';

/** Both clients' answers to the same call. */
export interface Row {
  readonly situation: string;
  readonly real: Answer;
  readonly simulated: Answer;
}

/** What was seen of calls that fail. */
export interface Failures {
  readonly rows: readonly Row[];
  /** How often the real Envoy has refused the certificate of another root. */
  readonly certificatesRefused: number;
}

const REFUSED = `cluster.${OUTBOUND}.ssl.fail_verify_error`;
/** A name that the mesh does not know: the call goes on to where it was sent. */
const UNKNOWN_HOST = 'unknown.example';

/** Makes the second client: a copy of the first, under another name. */
export async function addSimulatedClient(client: KubernetesClient): Promise<void> {
  const deployments = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample' };
  const curl = await client.get({ ...deployments, name: 'curl' });
  const spec = JSON.parse(
    JSON.stringify(curl['spec']).replaceAll('"app":"curl"', `"app":"${SIMULATED_CLIENT}"`),
  );
  await client.create(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: SIMULATED_CLIENT, namespace: 'sample' },
    spec,
  });
  await untilReady(client, 'sample', SIMULATED_CLIENT, 1);
}

/**
 * Breaks the mesh in one way after the other; the last ones are not mended.
 * @param real - of the client
 */
export async function compareFailures(mesh: Mesh, real: RealSidecar): Promise<Failures> {
  const [here, there] = [...mesh.clients.values()];
  if (!here || !there) throw new Error('two clusters are needed');
  const gateway = await loadBalancerOf(there);
  const rows: Row[] = [];
  const compare = async (situation: string, host?: string) => {
    const [real, simulated] = await Promise.all(CLIENTS.map(pod => call(here, pod, host)));
    if (real && simulated) rows.push({ situation, real, simulated });
  };
  await compare('both healthy');
  await scale(here, 'helloworld-v1', 0);
  await untilClientsKnow(here, [gateway]);
  await compare('no local version');
  await restart(there, 'sample', 'helloworld-v2'); // connections that exist are not refused
  const { faults } = mesh.world.network;
  const isGateway = ({ dialled }: Flow) => dialled.port === 15443;
  await withFault(real, [15443, 'REJECT'], faults.refuse(isGateway), () =>
    compare('the gateway refuses, no local version'),
  );
  await withFault(real, [15443, 'DROP'], faults.drop(isGateway), () =>
    compare('packets to the gateway vanish, no local version'),
  );
  await withFault(
    real,
    [5000, 'REJECT'],
    () => {},
    () => compare('a Host that nobody knows, and nobody there', UNKNOWN_HOST),
  );
  await otherRoot(there);
  await untilHosts(gatewayOf(there), THROUGH_GATEWAY, await helloWorldAddresses(there));
  const refusedBefore = await statOf(real.pod, REFUSED);
  await compare('the server has another root, no local version');
  const certificatesRefused = (await statOf(real.pod, REFUSED)) - refusedBefore;
  await scale(there, 'helloworld-v2', 0);
  await untilClientsKnow(here, []);
  await compare('no endpoint anywhere');
  return { rows, certificatesRefused };
}

/** Waits for istiod's push: a call to a pod that has just gone takes ten seconds more. */
async function untilClientsKnow(client: KubernetesClient, addresses: readonly string[]): Promise<void> {
  for (const pod of CLIENTS) await untilHosts({ client, namespace: 'sample', pod }, OUTBOUND, addresses);
}

/**
 * Hinders new connections to a port, for the real Envoy by the kernel. For what already is a fault, or nobody
 * there, in the virtual network: it knows of a connection only after the kernel has accepted it.
 * @param undo - mends the virtual network
 */
async function withFault(
  { namespaces }: RealSidecar,
  [port, target]: readonly [port: number, target: 'REJECT' | 'DROP'],
  undo: () => void,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const how = target === 'REJECT' ? 'REJECT --reject-with tcp-reset' : 'DROP';
  const iptables = `ip netns exec ${namespaces.around} iptables`;
  const rule = `INPUT -p tcp --dport ${port} -j ${how}`;
  command(`${iptables} -A ${rule}`);
  try {
    await meanwhile();
  } finally {
    command(`${iptables} -D ${rule}`);
    undo();
  }
}

/** Gives a cluster a root of its own, which no other trusts, and HelloWorld a certificate of it. */
async function otherRoot(client: KubernetesClient): Promise<void> {
  const files = await createMeshCertificates(['other'], Date.now());
  const data = Object.fromEntries(
    [...files]
      .filter(([file]) => file.startsWith('other/'))
      .map(([file, pem]) => [file.slice('other/'.length), Buffer.from(pem).toString('base64')]),
  );
  const cacerts = { apiVersion: 'v1', plural: 'secrets', namespace: 'istio-system', name: 'cacerts' };
  await client.patch(cacerts, 'merge', { data });
  await restart(client, 'istio-system', 'istiod');
  // The old gateway does not trust the new istiod, and would go on calling the pod that is gone.
  await restart(client, 'istio-system', 'istio-eastwestgateway');
  await restart(client, 'sample', 'helloworld-v2');
}
