/**
 * An API server on the virtual network with clients of any identity: for tests of the API without
 * controllers.
 */

import {
  KubernetesApiError,
  KubernetesClient,
  type KubernetesObject,
} from '../../../harness/base/kubernetes-client.ts';
import type { Dial } from '../../../harness/base/kubernetes-transport.ts';
import { DEFAULT_KUBERNETES, type KubernetesMinor } from '../../../harness/base/kubernetes-versions.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { type ApiServer, createApiServer } from '../../../harness/simulator/kubernetes/api-server.ts';
import { type Defect, endProcess } from '../../../harness/simulator/kubernetes/client/defect.ts';
import { Supervisor } from '../../../harness/simulator/kubernetes/client/supervisor.ts';
import { type SmallWorld, smallWorld } from '../../support/small-world.ts';

export const SERVICE_RANGE = '10.110.0.0/16';

export interface ApiWorld extends AsyncDisposable {
  readonly world: SmallWorld;
  readonly api: ApiServer;
  /** The administrator. */
  readonly admin: KubernetesClient;
  readonly dial: Dial;
  /** A client with a token instead of a certificate; without one it is anonymous. */
  withToken(token: string | undefined): KubernetesClient;
  /** A client with a certificate for this user. */
  withCertificate(user: string, groups: readonly string[]): Promise<KubernetesClient>;
}

/** Has namespaces `default` and `sample`, and their default service accounts. */
export async function apiWorld({
  onDefect = endProcess,
  kubernetes = DEFAULT_KUBERNETES,
}: {
  readonly onDefect?: (defect: Defect) => void;
  readonly kubernetes?: KubernetesMinor;
} = {}): Promise<ApiWorld> {
  // The wall's now: OpenSSL checks certificates against it.
  const world = smallWorld('api', Math.floor(Date.parse(new Date().toISOString())));
  const node = world.nodes.east;
  const api = await createApiServer({
    supervisor: new Supervisor(world.clock, onDefect),
    clusterName: 'east',
    clock: world.clock,
    random: createRandom('api'),
    serviceRange: SERVICE_RANGE,
    kubernetes,
    network: node,
    port: 6443,
  });
  node.listen(6443, socket => api.accept(socket));
  const { client } = api.machinery;
  for (const name of ['default', 'sample']) {
    client.create('namespaces', { metadata: { name } });
    client.create('serviceaccounts', { metadata: { name: 'default', namespace: name } });
  }
  const dial: Dial = (host, port) => world.laptop.connect(host, port);
  const opened: KubernetesClient[] = [];
  const connect = (kubeconfig: string) => {
    const made = new KubernetesClient(kubeconfig, { dial });
    opened.push(made);
    return made;
  };
  const withUser = (user: Record<string, string>) =>
    connect(
      JSON.stringify({
        clusters: [
          {
            name: 'c',
            cluster: {
              server: `https://${node.address}:6443`,
              'certificate-authority-data': Buffer.from(api.caPem).toString('base64'),
            },
          },
        ],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
  return {
    world,
    api,
    admin: connect(api.kubeconfig()),
    dial,
    withToken: token => withUser(token === undefined ? {} : { token }),
    withCertificate: async (user, groups) => {
      const { certificatePem, keyPem } = await api.issueClientCertificate(user, groups);
      return withUser({
        'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
        'client-key-data': Buffer.from(keyPem).toString('base64'),
      });
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of opened) client.close();
      await api.stop();
      world[Symbol.dispose]();
    },
  };
}

export const configMaps = { apiVersion: 'v1', plural: 'configmaps', namespace: 'sample' };
export const pods = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };
export const services = { apiVersion: 'v1', plural: 'services', namespace: 'sample' };
export const deployments = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample' };

export const configMap = (name: string, extra: Partial<KubernetesObject> = {}): KubernetesObject => ({
  data: { k: 'v' },
  ...extra,
  metadata: { name, ...extra.metadata },
});

/** The refusal of a call, as `code reason: message`; `none` if it succeeded. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (!(error instanceof KubernetesApiError)) throw error;
    return `${error.code} ${error.status.reason ?? ''}: ${error.message}`;
  }
}
