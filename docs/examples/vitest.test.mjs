// npx vitest run
import { up } from 'mesh-harness';
import { afterAll, beforeAll, expect, test } from 'vitest';

let mesh;
beforeAll(async () => {
  // Two clusters with nothing installed: for whatever speaks to Kubernetes. Give other programs mesh.env.
  mesh = await up({ scenario: 'multi-primary', bare: true });
});
afterAll(() => mesh.stop());

const deployments = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'default' };
const labels = { app: 'sleep' };
const sleep = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'sleep' },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'sleep', image: 'curlimages/curl', command: ['/bin/sleep', '3650d'] }] },
    },
  },
};

test('a Deployment comes up in one cluster, and not in the other', async () => {
  const { cluster1, cluster2 } = mesh.clients;
  await cluster1.create(deployments, sleep);
  await expect
    .poll(async () => (await cluster1.get({ ...deployments, name: 'sleep' })).status?.readyReplicas, {
      timeout: 10_000,
    })
    .toBe(2);
  expect(await cluster2.find({ ...deployments, name: 'sleep' })).toBeUndefined();
});

test('a pod that is killed comes again', async () => {
  const names = await mesh.faults.restart('cluster1', { namespace: 'default', labelSelector: 'app=sleep' });
  expect(names).toEqual([expect.stringMatching(/^sleep-/), expect.stringMatching(/^sleep-/)]);
});
