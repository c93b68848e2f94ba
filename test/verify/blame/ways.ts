/** Faults of the ways from a run to an API server. */
import { Duplex } from 'node:stream';
import { withBearer } from '../../../harness/model/kubeconfig.ts';
import type { Cluster } from '../../../harness/platform/platform.ts';
import type { InstalledMesh } from '../../support/installed-mesh.ts';

const API_PORT = 6443;

/** What becomes of packets from the user's machine to API servers. */
export const network =
  (kind: 'refuse' | 'drop' | 'slow', ...clusters: readonly string[]) =>
  async (mesh: InstalledMesh) => {
    const { faults } = mesh.world.network;
    const matches: Parameters<typeof faults.drop>[0] = ({ from, to, port }) =>
      from.kind === 'machine' && port === API_PORT && clusters.includes(to.cluster ?? '');
    if (kind === 'slow') return faults.delay(matches, 25_000);
    return faults[kind](matches);
  };

/** How the connections of a run to the API server fare: the first is for everything but exec. */
export const connections =
  (fate: (nth: number, open: () => Duplex) => Duplex) =>
  async ({ dial }: Cluster): Promise<Partial<Cluster>> => {
    let nth = 0;
    if (!dial) throw new Error('The cluster has no dial.');
    return { dial: (host, port) => fate(++nth, () => dial(host, port)) };
  };

/** A connection that fails before it stands. */
export function failing(code: string): Duplex {
  const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  setImmediate(() => socket.destroy(Object.assign(new Error(`connect ${code}`), { code })));
  return socket;
}
export const silent = (): Duplex =>
  new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });

/** A connection that breaks when so many pieces have gone one way: what is sent, or what comes. */
export function breaking(way: '_write' | 'push', pieces: number, socket: Duplex): Duplex {
  let left = pieces;
  const hand = socket[way].bind(socket) as (...piece: readonly unknown[]) => boolean;
  socket[way] = (...piece: readonly unknown[]) => {
    if (left-- > 0) return hand(...piece);
    socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    return false;
  };
  return socket;
}

/** What checks and judgement look at; exec, over WebSocket, would be to get `pods/exec`. */
const LOOKED_AT = [
  'pods',
  'pods/log',
  'nodes',
  'services',
  'secrets',
  'namespaces',
  'events',
  'deployments',
  'gateways',
];

/** As somebody who may look at everything, and no more. */
export async function onlooker(cluster: Cluster, mesh: InstalledMesh): Promise<Partial<Cluster>> {
  const client = mesh.client('cluster2');
  const named = { metadata: { name: 'onlooker' } };
  await client.create(
    { apiVersion: 'v1', plural: 'serviceaccounts', namespace: 'default' },
    { apiVersion: 'v1', kind: 'ServiceAccount', ...named },
  );
  const rbac = 'rbac.authorization.k8s.io';
  await client.create(
    { apiVersion: `${rbac}/v1`, plural: 'clusterroles' },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      ...named,
      rules: [
        { apiGroups: ['*'], resources: LOOKED_AT, verbs: ['get', 'list', 'watch'] },
        { nonResourceURLs: ['*'], verbs: ['get'] },
      ],
    },
  );
  await client.create(
    { apiVersion: `${rbac}/v1`, plural: 'clusterrolebindings' },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      ...named,
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'onlooker' },
      subjects: [{ kind: 'ServiceAccount', name: 'onlooker', namespace: 'default' }],
    },
  );
  const { status } = (await client.request(
    'POST',
    '/api/v1/namespaces/default/serviceaccounts/onlooker/token',
    {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
  )) as { status: { token: string } }; // a TokenRequest
  return { kubeconfig: from => withBearer(cluster.kubeconfig(from), status.token) };
}
