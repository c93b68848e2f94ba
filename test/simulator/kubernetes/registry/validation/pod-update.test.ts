/** What an update of a pod may change. */
import t from 'tap';
import { apiWorld, refusalOf } from '../../api-world.ts';

const PODS = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };
const AT = '/api/v1/namespaces/sample/pods/p';

t.test('ephemeral containers are only added', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(PODS, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } });
  const put = async (ephemeralContainers: readonly object[]) => {
    const pod = await admin.get({ ...PODS, name: 'p' });
    const body = { ...pod, spec: { ...(pod['spec'] as object), ephemeralContainers } };
    return refusalOf(admin.request('PUT', `${AT}/ephemeralcontainers`, { body }));
  };
  const debug = { name: 'e', image: 'x' };
  t.equal(await put([debug]), 'none');
  t.match(await put([]), /^422 .*existing ephemeral containers "e" may not be removed\n/);
  t.match(
    await put([{ ...debug, image: 'y' }]),
    /^422 .*existing ephemeral containers "e" may not be changed/,
  );
  t.equal(await put([{ name: 'f', image: 'x' }, debug]), 'none');
});

t.test('a merge patch of tolerations keeps those that every pod has', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(PODS, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } });
  const own = { key: 'a', operator: 'Exists' };
  const pod = await admin.patch({ ...PODS, name: 'p' }, 'merge', { spec: { tolerations: [own] } });
  t.match(pod, {
    spec: {
      tolerations: [
        own,
        { key: 'node.kubernetes.io/not-ready', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', tolerationSeconds: 300 },
      ],
    },
  });
});
