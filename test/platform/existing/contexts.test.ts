import path from 'node:path';
import t from 'tap';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { withBearer } from '../../../harness/model/kubeconfig.ts';
import { clusterName } from '../../../harness/model/names.ts';
import { readContexts } from '../../../harness/platform/existing/contexts.ts';

const document = (server: string, user: unknown = { token: 'abc' }) =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  });

t.test('a context that no client can be made of is refused where it is read', async t => {
  const folder = t.testdir({
    server: document('192.0.2.1:6443, they say'),
    port: document('https://192.0.2.1:70000'),
    nobody: document('https://192.0.2.1:6443', null),
  });
  const read = (name: string) =>
    readContexts([path.join(folder, name)], new Map([[clusterName('cluster1'), 'x']]));
  for (const name of ['server', 'port'])
    t.throws(() => read(name), {
      code: 'ERR_UNREADABLE_FILE',
      message: /context "x" cannot be used: Invalid URL/,
    });
  // Who has nothing to show is a user too, as for kubectl.
  const [anonymous] = read('nobody');
  const client = new KubernetesClient(withBearer(anonymous?.kubeconfig ?? '', 'token'));
  t.equal(client.server, 'https://192.0.2.1:6443');
  client.close();
});
