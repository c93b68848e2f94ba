/** API servers alone: for those who test a controller of theirs. */
import t from 'tap';
import { up } from '../../harness/index.ts';
import { refusalOf } from '../simulator/kubernetes/api-world.ts';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};

t.test('an API server without nodes and controllers', async t => {
  const mesh = await up({ scenario: 'multi-primary', apiOnly: true, kubernetes: '1.36' });
  t.teardown(() => mesh[Symbol.asyncDispose]());
  const client = mesh.clients.cluster1;
  t.match(await client.request('GET', '/version'), { minor: '36' });
  const namesOf = async (path: string) => {
    const { items } = (await client.request('GET', path)) as {
      items: { metadata: { namespace?: string; name: string } }[];
    };
    return items.map(({ metadata: { namespace, name } }) => (namespace ? `${namespace}/${name}` : name));
  };
  t.same(await namesOf('/api/v1/nodes'), []);
  t.same(await namesOf('/api/v1/serviceaccounts'), []);
  t.same(await namesOf('/api/v1/services'), ['default/kubernetes']);
  t.same(
    await namesOf('/api/v1/namespaces'),
    ['default', 'kube-node-lease', 'kube-public', 'kube-system'],
    'what the API server makes by itself',
  );

  const created = await client.request('POST', '/apis/apps/v1/namespaces/default/deployments', {
    body: deployment,
  });
  // The version that the creation returned is still the object's: nobody else writes.
  const updated = await client.request('PUT', '/apis/apps/v1/namespaces/default/deployments/d', {
    body: created,
  });
  t.match(updated, { metadata: { name: 'd' } });
  t.same(await namesOf('/apis/apps/v1/replicasets'), [], 'nothing acts on it');

  await client.request('POST', '/api/v1/namespaces/default/pods', {
    body: {
      metadata: { name: 'p' },
      spec: { nodeName: 'somewhere', containers: [{ name: 'c', image: 'i' }] },
    },
  });
  t.match(
    await refusalOf(client.request('GET', '/api/v1/namespaces/default/pods/p/log')),
    /nodes "somewhere" not found/,
    'a pod needs no service account; nobody runs it',
  );
  await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'n' } } });
  await client.request('DELETE', '/api/v1/namespaces/n');
  t.match(await client.request('GET', '/api/v1/namespaces/n'), {
    status: { phase: 'Terminating' },
  });
});

t.test('steps cannot be left out of nothing', async t => {
  await t.rejects(up({ scenario: 'multi-primary', apiOnly: true, omit: ['make-certificates'] }), {
    code: 'ERR_USAGE',
    message: /bare or apiOnly/,
  });
});
