/**
 * The guide typed into a shell: bare clusters, the printed script, the real kubectl, and our istioctl as a
 * program.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { allObjects } from '../support/all-objects.ts';
import { objectsAfterEmbeddedTools } from '../support/embedded-run.ts';
import { findKubectl, withoutKubectl } from '../support/kubectl.ts';
import { upWorld } from '../support/up.ts';

const kubectl = findKubectl();
// Side by side: most of the time passes in waiting, as it does with real clusters.
t.jobs = 4;

const SCRIPTS = [
  { scenario: 'multi-primary', edition: '1.8', client: 'sleep' },
  { scenario: 'multi-primary-multi-network', edition: '1.8', client: 'sleep' },
  { scenario: 'primary-remote', edition: '1.8', client: 'sleep' },
  { scenario: 'primary-remote-multi-network', edition: '1.8', client: 'sleep' },
  // The one that has every kind of step of today's pages, but for cacerts.
  { scenario: 'primary-remote-multi-network', edition: 'current', client: 'curl' },
] as const;

for (const { scenario, edition, client } of SCRIPTS) {
  t.test(`${scenario}, edition ${edition}, by hand`, { skip: withoutKubectl(kubectl) }, async t => {
    await using world = await upWorld(scenario, ['--bare', '--edition', edition], kubectl);
    t.equal(world.up.code, 0, world.up.stderr);
    const version = await world.bash('kubectl --context="$CTX_CLUSTER1" get --raw /version');
    t.match(version.stdout, /"minor": ?"32"/, 'the server is of 1.32');

    const typed = await world.bash(
      `cp -r "$ISTIO_FOLDER/samples" . && mesh-harness plan ${scenario} --edition ${edition} --format sh > install.sh && bash install.sh`,
    );
    t.equal(typed.code, 0, `${typed.stdout}\n${typed.stderr}`);
    for (const context of ['CTX_CLUSTER1', 'CTX_CLUSTER2']) {
      const calls = await world.bash(
        `kubectl exec -n sample --context="$${context}" deploy/${client} -c ${client} -- curl -sS 'http://helloworld.sample:5000/hello?[1-20]'`,
      );
      t.match(calls.stdout, /Hello version: v1, instance: helloworld-v1-/, `${context} sees v1`);
      t.match(calls.stdout, /Hello version: v2, instance: helloworld-v2-/, `${context} sees v2`);
    }

    const kubeconfig = readFileSync(path.join(world.stateDir, 'kubeconfig'), 'utf8');
    const expected = await objectsAfterEmbeddedTools(scenario, edition);
    for (const [context, objects] of Object.entries(expected)) {
      const reader = new KubernetesClient(kubeconfig, { context });
      t.strictSame(
        Object.fromEntries(await allObjects(reader)),
        objects,
        `${context}: the same objects as the embedded tools make`,
      );
      reader.close();
    }
  });
}
