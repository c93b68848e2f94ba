import t from 'tap';
import { configMap } from '../api-world.ts';
import { TestWorld } from '../test-world.ts';

t.test('the status of a quota says what is used', async t => {
  await using world = new TestWorld();
  const { local } = world.client;
  const hard = { 'count/configmaps': '5', secrets: '3', 'requests.cpu': '2', 'services.nodeports': '1' };
  world.create('resourcequotas', { metadata: { name: 'q', namespace: 'sample' }, spec: { hard } });
  const statusWith = (name: string, used: string) =>
    world.until(() => {
      const status = local.get('resourcequotas', 'sample', 'q')?.['status'] as
        | { hard: object; used: Record<string, string> }
        | undefined;
      return status?.used?.[name] === used ? status : undefined;
    });
  t.match(await statusWith('count/configmaps', '1'), { hard, used: { secrets: '0', 'requests.cpu': '0' } });
  const inSample = (name: string) => ({ ...configMap(name), metadata: { name, namespace: 'sample' } });
  world.create('configmaps', inSample('a'));
  await statusWith('count/configmaps', '2');
  world.create('pods', {
    metadata: { name: 'p', namespace: 'sample' },
    spec: {
      schedulerName: 'nobody',
      containers: [
        { name: 'c', image: 'tiny', resources: { requests: { cpu: '500m' } } },
        { name: 'd', image: 'tiny', resources: { requests: { cpu: '1' } } },
      ],
      initContainers: [{ name: 'i', image: 'tiny', resources: { requests: { cpu: '1600m' } } }],
    },
  });
  await statusWith('requests.cpu', '1600m');
  local.delete('configmaps', 'sample', 'a');
  t.match(await statusWith('count/configmaps', '1'), { used: { 'requests.cpu': '1600m' } });
});

t.test('what no controller can count is not said to be used', async t => {
  await using world = new TestWorld();
  const counted = [
    'count/secrets',
    'limits.cpu',
    'requests.x.io/gpu',
    'hugepages-2Mi',
    'requests.hugepages-2Mi',
  ];
  const claims = ['persistentvolumeclaims', 'gold.storageclass.storage.k8s.io/requests.storage'];
  const others = ['count/widgets.example.com', 'x.io/gpu', 'requests.kubernetes.io/x'];
  const hard = Object.fromEntries([...counted, ...claims, ...others].map(name => [name, '5']));
  world.create('resourcequotas', { metadata: { name: 'q', namespace: 'sample' }, spec: { hard } });
  const used = await world.until(() => {
    const status = world.client.local.get('resourcequotas', 'sample', 'q')?.['status'];
    return (status as { used?: object } | undefined)?.used;
  });
  t.same(Object.keys(used).sort(), [...counted, ...claims].sort());
});
