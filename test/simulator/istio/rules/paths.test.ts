/** Policies of paths hold however a client writes the path: `pathNormalization` of the mesh. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const DENY: KubernetesObject = {
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'no-hello', namespace: 'sample' },
  spec: { action: 'DENY', rules: [{ to: [{ operation: { paths: ['/hello'] } }] }] },
};
const statusOf = async (target: string): Promise<number> =>
  (await mesh.call('--path-as-is', '--request-target', target, 'http://helloworld.sample:5000/')).status;

/** By normalization: 403 where the policy sees through the path, 404 where it is another one. */
type Row = readonly [target: string, none: number, base: number, merge: number, decode: number];
const ROWS: readonly Row[] = [
  ['/hello', 403, 403, 403, 403],
  ['/x/../hello', 404, 403, 403, 403],
  ['/%68ello', 404, 403, 403, 403],
  ['/x/%2e%2E/hello', 404, 403, 403, 403],
  ['/x\\..\\hello', 404, 403, 403, 403],
  ['/x/..;a=b/hello', 404, 403, 403, 403],
  ['//hello', 404, 404, 403, 403],
  ['/x/..//../hello', 404, 403, 403, 403],
  ['/%2fhello', 404, 404, 404, 403],
  ['/x%2f..%5Chello', 404, 404, 404, 403],
  ['HTTP://helloworld.sample:5000/hello', 403, 403, 403, 403],
  ['HTTP://helloworld.sample:5000/x/../hello', 404, 403, 403, 403],
  ['/hello%00', 404, 400, 400, 400],
  ['/other', 404, 404, 404, 404],
];

t.test('a policy that refuses a path refuses it in every form', async t => {
  await mesh.with([DENY], async () => {
    for (const [at, name] of ['NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES'].entries()) {
      const restore = await mesh.changeMesh(`pathNormalization: { normalization: ${name} }`);
      for (const [target, ...expected] of ROWS)
        t.equal(await statusOf(target), expected[at], `${name} ${target}`);
      await restore();
    }
    t.equal(await statusOf('/x/../hello'), 403, 'BASE is the default');
    t.equal(await statusOf('//hello'), 404, 'BASE is the default');
  });
});

t.test('the path goes on as it is meant', async t => {
  t.equal(await statusOf('/x/../hello'), 200);
  t.equal(await statusOf('//hello'), 404);
  const [asked] = await mesh.calls(1, 'http://helloworld.sample:5000/x/../hello');
  t.equal(asked?.status, 200, 'curl takes dots out by itself');
});
