/** Several kubeconfigs as one: nothing collides, and an address is what whoever reads it can reach. */
import { load } from 'js-yaml';
import t from 'tap';
import { mergeKubeconfigs } from '../../harness/model/kubeconfig.ts';

/** As kind writes them: every name the same in each. */
const document = (port: number) => `
apiVersion: v1
kind: Config
clusters:
  - name: other
    cluster: {server: https://nowhere}
  - name: kind-a
    cluster: {server: "https://127.0.0.1:${port}", certificate-authority-data: Q0E=}
users:
  - name: kind-a
    user: {token: word-${port}}
contexts:
  - name: kind-a
    context: {cluster: kind-a, user: kind-a, namespace: sample}
current-context: kind-a
`;

t.test('each gets the name of its cluster, the first is current, and addresses may be others', async t => {
  const documents = new Map([
    ['cluster1', document(1)],
    ['cluster2', document(2)],
  ]);
  t.same(load(mergeKubeconfigs(documents, new Map([['cluster2', 'https://172.30.2.65:6443']]))), {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'cluster1', cluster: { server: 'https://127.0.0.1:1', 'certificate-authority-data': 'Q0E=' } },
      {
        name: 'cluster2',
        cluster: { server: 'https://172.30.2.65:6443', 'certificate-authority-data': 'Q0E=' },
      },
    ],
    users: [
      { name: 'cluster1', user: { token: 'word-1' } },
      { name: 'cluster2', user: { token: 'word-2' } },
    ],
    contexts: [
      { name: 'cluster1', context: { cluster: 'cluster1', user: 'cluster1', namespace: 'sample' } },
      { name: 'cluster2', context: { cluster: 'cluster2', user: 'cluster2', namespace: 'sample' } },
    ],
    'current-context': 'cluster1',
  });
});

t.test('one without a context is refused', async t => {
  t.throws(() => mergeKubeconfigs(new Map([['cluster1', '{}']])), { code: 'ERR_TOOL', message: /cluster1/ });
});
