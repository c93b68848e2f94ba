// npx tap

import { up } from 'mesh-harness';
import t from 'tap';

const hello = ['curl', '-sS', '-m', '2', 'helloworld.sample:5000/hello'];

t.test('what a client sees while the gateway of the other network does not answer', async t => {
  const mesh = await up({ scenario: 'multi-primary-multi-network', edition: 'current' });
  t.teardown(() => mesh.stop());

  // Whom the guide of this edition has ask: sleep in 1.8, curl today.
  const { client: container } = mesh.plan;
  const client = { namespace: 'sample', labelSelector: `app=${container}`, container };

  const fault = mesh.faults.drop({ to: { cluster: 'cluster2', pod: 'istio-eastwestgateway' }, port: 15443 });
  const calls = await Promise.all(Array.from({ length: 10 }, () => mesh.exec('cluster1', client, hello)));
  t.ok(
    calls.some(({ stdout }) => stdout.includes('version: v1')),
    'what is here answers',
  );
  t.notOk(
    calls.some(({ stdout }) => stdout.includes('version: v2')),
    'what is there does not',
  );
  t.ok(fault.met > 0, 'calls were on their way there');
  fault.undo();
});
