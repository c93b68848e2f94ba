/** R14: roots of the mesh's configuration are trusted beside istiod's own, by proxies that ask for them. */

import t from 'tap';
import { omitSteps } from '../../../../harness/plan/omit.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const CLUSTERS = ['cluster1', 'cluster2'];
const ISTIO = 'istio-system';

t.test('R14 caCertificates', async t => {
  // Without certificates of the guide each istiod makes a root of its own.
  await using mesh = await RuledMesh.install('multi-primary-multi-network', 'current', false, plan =>
    omitSteps(
      plan,
      plan.steps.map(({ id }) => id).filter(id => /make-certificates|create-cacerts/.test(id)),
    ),
  );
  const { mesh: world } = mesh;
  const roots: string[] = [];
  for (const cluster of CLUSTERS) {
    const path = { apiVersion: 'v1', plural: 'configmaps', namespace: 'sample', name: 'istio-ca-root-cert' };
    const { data } = (await world.client(cluster).get(path)) as { data?: Record<string, string> };
    roots.push(data?.['root-cert.pem'] ?? '');
  }
  t.not(roots[0], roots[1]);
  const outcomes = async () => {
    const calls = await mesh.calls(12);
    return [
      ...new Set(calls.map(({ body, status }) => /version: (v\d)/.exec(body)?.[1] ?? String(status))),
    ].sort();
  };
  /** The pods of a namespace, made anew. */
  const restart = async (namespace: string, selector: string) => {
    const path = { apiVersion: 'v1', plural: 'pods', namespace };
    for (const cluster of CLUSTERS)
      for (const pod of (await world.client(cluster).list(path, { labelSelector: selector })).items)
        await world.client(cluster).delete({ ...path, name: pod.metadata.name ?? '' });
    await world.pass(120_000);
  };
  const scaleV1 = async (replicas: number) => {
    const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample', name: 'helloworld-v1' };
    await world.client('cluster1').patch(path, 'merge', { spec: { replicas } });
    await world.pass(60_000);
  };
  await scaleV1(0);
  t.same(await outcomes(), ['503'], 'a certificate of another root');

  const pem = JSON.stringify(roots.join(''));
  const undo = await mesh.changeMesh(
    `caCertificates: [{pem: ${pem}}]\ndefaultConfig: {proxyMetadata: {PROXY_CONFIG_XDS_AGENT: "true"}}`,
  );
  t.match(await mesh.istiodLog(), /proxies are told no roots, since ISTIO_MULTIROOT_MESH is not true/);
  await restart('sample', 'app');
  t.same(await outcomes(), ['503'], 'istiod tells none by itself');

  for (const cluster of CLUSTERS) {
    const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: ISTIO, name: 'istiod' };
    const env = [{ name: 'ISTIO_MULTIROOT_MESH', value: 'true' }];
    const containers = [{ name: 'discovery', env }];
    await world.client(cluster).patch(path, 'strategic', { spec: { template: { spec: { containers } } } });
  }
  await world.pass(300_000);
  t.same(await outcomes(), ['v2'], 'both roots are trusted, both ways');
  await scaleV1(1);
  t.same(await outcomes(), ['v1', 'v2']);

  await t.test('one root of several; what is none is refused, and what was trusted goes on', async t => {
    const other = await mesh.changeMesh('caCertificates: [{pem: "no certificate"}]');
    t.match(await mesh.istiodLog(), /failed to update meshConfig PEM trustAnchors: failed to decode pem/);
    t.same(await outcomes(), ['v1', 'v2']);
    await other();
    const gone = await mesh.changeMesh('caCertificates: []');
    await scaleV1(0);
    await restart('sample', 'app');
    t.same(await outcomes(), ['503'], 'new connections trust a root that is gone no longer');
    await gone();
    t.same(await outcomes(), ['v2']);
  });
  await undo();
});
