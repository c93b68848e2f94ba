import t from 'tap';
import { jointClient } from '../../harness/base/joint-client.ts';
import { apiWorld, configMap, configMaps } from '../simulator/kubernetes/api-world.ts';

t.test('clients of one cluster share its connections until all are closed', async t => {
  await using world = await apiWorld();
  let dialled = 0;
  const cluster = {
    kubeconfig: () => world.api.kubeconfig(),
    dial: (host: string, port: number) => {
      dialled += 1;
      return world.dial(host, port);
    },
  };
  const [first, second] = [jointClient(cluster), jointClient(cluster)];
  await first.create(configMaps, configMap('a'));
  await second.get({ ...configMaps, name: 'a' });
  t.equal(dialled, 1);

  first.close();
  first.close(); // closes for nobody else
  await second.get({ ...configMaps, name: 'a' });
  t.equal(dialled, 1);

  second.close();
  const third = jointClient(cluster);
  await third.get({ ...configMaps, name: 'a' });
  t.equal(dialled, 2, 'whoever comes later has a connection of their own');
  third.close();
});

t.test('a cluster beyond this process has clients of its own for each', async t => {
  await using world = await apiWorld();
  const cluster = { kubeconfig: () => world.api.kubeconfig() };
  const [first, second] = [jointClient(cluster), jointClient(cluster)];
  t.not(first, second);
  first.close();
  second.close();
});
