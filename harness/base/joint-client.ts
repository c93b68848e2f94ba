/** Clients of one cluster inside this process that share its connections, as they have the same identity. */
import { type ClientOptions, KubernetesClient } from './kubernetes-client.ts';
import { type Dial, KubernetesTransport } from './kubernetes-transport.ts';

/** A cluster: what it gives away, and how it is reached inside this process. */
interface Reachable {
  /** Returns a kubeconfig document (YAML). */
  kubeconfig(reachableFrom: 'this-machine'): string;
  readonly dial?: Dial;
}

const transports = new WeakMap<Reachable, KubernetesTransport>();

/**
 * Makes a client of a cluster, as its administrator. Where the cluster is reached inside this process, all
 * whose clients are open have the same connections: to open one with TLS costs as much as ten requests.
 *
 * @param options - of this client alone
 * @returns a client that is to be closed
 */
export function jointClient(
  cluster: Reachable,
  options: Pick<ClientOptions, 'limit'> = {},
): KubernetesClient {
  const kubeconfig = cluster.kubeconfig('this-machine');
  const { dial } = cluster;
  if (!dial) return new KubernetesClient(kubeconfig, options);
  const transport = transports.get(cluster)?.join() ?? new KubernetesTransport(kubeconfig, { dial });
  transports.set(cluster, transport);
  return new KubernetesClient(transport, options);
}
