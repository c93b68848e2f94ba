/** What is sent to a subresource of a pod names that pod. */
import t from 'tap';
import { apiWorld, refusalOf } from '../api-world.ts';

const PODS = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };

t.test('an Eviction or Binding of another pod, or of none, leaves the pod alone', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(PODS, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } });
  const post = (kind: string, metadata: object) => {
    const subresource = kind.toLowerCase();
    return refusalOf(
      admin.request('POST', `/api/v1/namespaces/sample/pods/p/${subresource}`, {
        body: {
          apiVersion: kind === 'Eviction' ? 'policy/v1' : 'v1',
          kind,
          metadata,
          ...(kind === 'Binding' && { target: { kind: 'Node', name: 'n' } }),
        },
      }),
    );
  };
  for (const kind of ['Eviction', 'Binding']) {
    for (const metadata of [{ name: 'other' }, {}])
      t.equal(
        await post(kind, metadata),
        `400 BadRequest: name in URL does not match name in ${kind} object`,
      );
    t.match(await post(kind, { name: 'p', namespace: 'default' }), /^400 .*namespace of the provided object/);
  }
  t.notOk(((await admin.get({ ...PODS, name: 'p' })) as { spec?: { nodeName?: string } }).spec?.nodeName);
  t.equal(await post('Binding', { name: 'p', namespace: 'sample' }), 'none');
  t.equal(await post('Eviction', { name: 'p' }), 'none');
});
