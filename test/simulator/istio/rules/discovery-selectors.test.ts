/** R13: istiod looks at the namespaces that the mesh selects, in all clusters, as they are now. */
import t from 'tap';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const CLUSTERS = ['cluster1', 'cluster2'];

t.test('R13 discoverySelectors', async t => {
  await using mesh = await RuledMesh.install('multi-primary-multi-network');
  const label = async (cluster: string, name: string, labels: Record<string, string | null>) => {
    const path = { apiVersion: 'v1', plural: 'namespaces', name };
    await mesh.mesh.client(cluster).patch(path, 'merge', { metadata: { labels } });
  };
  const versions = async () => {
    const calls = await mesh.calls(12);
    return [
      ...new Set(calls.map(({ body, status }) => /version: (v\d)/.exec(body)?.[1] ?? String(status))),
    ].sort();
  };
  t.same(await versions(), ['v1', 'v2']);

  await t.test('a namespace without the label vanishes; istiod itself stays reachable', async t => {
    const undo = await mesh.changeMesh('discoverySelectors: [{matchLabels: {watched: "yes"}}]');
    // Its Service is unknown to the sidecars: they pass it on, to the cluster's own pods.
    t.same(await versions(), ['v1']);
    t.notMatch(await mesh.admin('clusters'), /helloworld\.sample/);

    await label('cluster1', 'sample', { watched: 'yes' });
    await label('cluster1', 'istio-system', { watched: 'yes' });
    await mesh.mesh.pass(60_000);
    t.match(await mesh.admin('clusters'), /helloworld\.sample/, 'a label that comes later counts');
    t.same(await versions(), ['v1'], 'each cluster has labels of its own');

    for (const name of ['sample', 'istio-system']) await label('cluster2', name, { watched: 'yes' });
    await mesh.mesh.pass(60_000);
    t.same(await versions(), ['v1', 'v2']);

    await label('cluster2', 'sample', { watched: null });
    await mesh.mesh.pass(60_000);
    t.same(await versions(), ['v1'], 'a label that goes counts, too');
    for (const cluster of CLUSTERS)
      for (const name of ['sample', 'istio-system']) await label(cluster, name, { watched: null });
    await undo();
    t.same(await versions(), ['v1', 'v2']);
  });

  await t.test('expressions: one selector of several is enough', async t => {
    const undo = await mesh.changeMesh(
      'discoverySelectors: [{matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: ' +
        '[istio-system]}]}, {matchExpressions: [{key: istio-injection, operator: Exists}]}]',
    );
    t.same(await versions(), ['v1', 'v2']);
    t.notMatch(await mesh.admin('clusters'), /kubernetes\.default/);
    await undo();
    t.match(await mesh.admin('clusters'), /kubernetes\.default/);
  });

  await t.test('resources of a namespace that is not looked at have no effect', async t => {
    const rule = {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'VirtualService',
      metadata: { name: 'x', namespace: 'kube-public' },
      spec: { hosts: ['helloworld.sample.svc.cluster.local'], http: [{ directResponse: { status: 418 } }] },
    };
    await mesh.with([rule], async () => {
      t.equal((await mesh.call()).status, 418);
      const undo = await mesh.changeMesh(
        'discoverySelectors: [{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: ' +
          '[kube-public]}]}]',
      );
      t.equal((await mesh.call()).status, 200);
      await undo();
    });
  });

  await t.test('serviceSettings: a service that is local to its clusters has no far endpoints', async t => {
    const undo = await mesh.changeMesh(
      'serviceSettings: [{settings: {clusterLocal: true}, hosts: ["*.sample.svc.cluster.local"]}]',
    );
    t.same(await versions(), ['v1']);
    await undo();
    const undoBoth = await mesh.changeMesh(
      'serviceSettings: [{settings: {clusterLocal: true}, hosts: ["*.sample.svc.cluster.local"]}, ' +
        '{settings: {clusterLocal: false}, hosts: ["helloworld.sample.svc.cluster.local"]}]',
    );
    t.same(await versions(), ['v1', 'v2'], 'a whole name counts before an ending');
    await undoBoth();
  });

  await t.test('rootNamespace: the policies of another namespace are the whole mesh’s', async t => {
    const denyAll = {
      apiVersion: 'security.istio.io/v1beta1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'nobody', namespace: 'kube-public' },
      spec: {},
    };
    await mesh.with([denyAll], async () => {
      t.equal((await mesh.call()).status, 200);
      const undo = await mesh.changeMesh('rootNamespace: kube-public');
      t.match(await mesh.call(), { status: 403, body: 'RBAC: access denied' });
      await undo();
    });
  });
});
