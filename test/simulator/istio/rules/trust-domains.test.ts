/** Two meshes with trust domains of their own and one root: their aliases let them speak to each other. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import type { Plan } from '../../../../harness/plan/step.ts';
import { isNightly } from '../../../support/nightly.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const OWN: Readonly<Record<string, string>> = { cluster1: 'search.prod', cluster2: 'payments.prod' };
const ALIASES = 'trustDomainAliases: [search.prod, payments.prod]';

/** Writes each cluster's trust domain into its IstioOperator, and more of the mesh's configuration. */
const withTrust =
  (...more: readonly string[]) =>
  (plan: Plan): Plan => ({
    ...plan,
    steps: plan.steps.map(step => ({
      ...step,
      files: step.files.map(({ path, content }) => {
        const domain = OWN[path.replace(/\.yaml$/, '')];
        const lines = [
          'spec:',
          '  meshConfig:',
          `    trustDomain: ${domain}`,
          ...more.map(it => `    ${it}`),
        ];
        return { path, content: domain ? content.replace('spec:\n', `${lines.join('\n')}\n`) : content };
      }),
    })),
  });

/** Takes away the local version, so that only the other mesh's can answer. */
async function withoutLocal(mesh: RuledMesh): Promise<void> {
  const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample', name: 'helloworld-v1' };
  await mesh.mesh.client('cluster1').patch(path, 'merge', { spec: { replicas: 0 } });
  await mesh.mesh.pass(60_000);
}

const allow = (principal: string): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1beta1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'access', namespace: 'istio-system' },
  spec: { rules: [{ from: [{ source: { principals: [principal] } }] }] },
});

t.test('R5: a server of another trust domain, mended by the ConfigMap', async t => {
  await using mesh = await RuledMesh.install('multi-primary', 'current', false, withTrust());
  await withoutLocal(mesh);
  t.equal((await mesh.call()).status, 503);
  const takeBack = await mesh.changeMesh(ALIASES);
  t.match(await mesh.call(), { status: 200, body: /version: v2/ });

  const account = `ns/sample/sa/${mesh.mesh.context.client}`;
  // R26, and its siblings: principals for the mesh, of the server's trust domain and of others.
  for (const [principal, status] of [
    [`payments.prod/${account}`, 200],
    [`search.prod/${account}`, 200],
    [`cluster.local/${account}`, 200],
    [`*/${account}`, 200],
    [`foreign.prod/${account}`, 403],
    ['search.prod/ns/sample/*', 200],
    ['payments.prod/ns/sample/*', 403],
    [`payments.prod/ns/other/sa/${mesh.mesh.context.client}`, 403],
  ] as const)
    await mesh.with([allow(principal)], async () => {
      t.equal((await mesh.call()).status, status, `${principal}: ${status}`);
    });

  await takeBack();
  t.equal((await mesh.call()).status, 503, 'and back');
});

t.test('R5: mended by the IstioOperator', async t => {
  await using mesh = await RuledMesh.install('multi-primary', 'current', false, withTrust(ALIASES));
  await withoutLocal(mesh);
  t.match(await mesh.call(), { status: 200, body: /version: v2/ });
});

for (const edition of ['1.8', 'current'] as const)
  t.test(
    `${edition}: an alias in one of the two meshes is not enough`,
    { skip: edition === 'current' && !isNightly },
    async t => {
      await using mesh = await RuledMesh.install('multi-primary', edition, false, withTrust());
      await withoutLocal(mesh);
      const path = { apiVersion: 'v1', plural: 'configmaps', namespace: 'istio-system', name: 'istio' };
      const write = async (cluster: string): Promise<void> => {
        const client = mesh.mesh.client(cluster);
        const { data } = (await client.get(path)) as { data?: Record<string, string> };
        await client.patch(path, 'merge', { data: { mesh: `${data?.['mesh']?.trimEnd()}\n${ALIASES}\n` } });
        await mesh.mesh.pass(60_000);
      };
      await write('cluster1');
      t.equal((await mesh.call()).status, 503, 'the server takes no client of the other trust domain');
      await write('cluster2');
      t.match(await mesh.call(), { status: 200, body: /version: v2/ });
    },
  );
