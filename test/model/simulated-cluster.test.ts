import { load } from 'js-yaml';
import t from 'tap';
import { markSimulated, simulatedMarkOf } from '../../harness/model/simulated-cluster.ts';

const KUBECONFIG = `
apiVersion: v1
kind: Config
clusters:
- { name: cluster1, cluster: { server: 'https://127.0.0.1:4000', certificate-authority-data: AAAA } }
contexts: []
`;
const MARK = { inNetworkServer: 'https://172.18.0.2:6443', istioVersion: '1.8.0' };

t.test('a mark that was set is found again, and the rest of the entry stays as it was', async t => {
  const { clusters } = load(markSimulated(KUBECONFIG, MARK)) as {
    clusters: { cluster: Record<string, unknown> }[];
  };
  const { extensions, ...rest } = clusters[0]?.cluster ?? {};
  t.same(rest, { server: 'https://127.0.0.1:4000', 'certificate-authority-data': 'AAAA' });
  t.same(simulatedMarkOf(extensions), MARK);
});

for (const [name, extensions] of [
  ['none', undefined],
  ['those of others', [{ name: 'cluster_info', extension: { provider: 'minikube.sigs.k8s.io' } }]],
  ['an incomplete one', [{ name: 'mesh-harness/simulated-cluster', extension: { istioVersion: '1.8.0' } }]],
  ['an empty one', [{ name: 'mesh-harness/simulated-cluster' }, null]],
  ['no list', { name: 'mesh-harness/simulated-cluster' }],
] as const) {
  t.test(`${name}: no simulated cluster`, async t => {
    t.equal(simulatedMarkOf(extensions), undefined);
  });
}
