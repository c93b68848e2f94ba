/**
 * The guide typed into a shell: bare clusters, the printed script, the real kubectl, and our istioctl as a
 * program.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import type { Plan } from '../../harness/plan/step.ts';
import { EDITION_NAMES, FOUR, planOf } from '../plan/scenarios.ts';
import { allObjects } from '../support/all-objects.ts';
import { objectsAfterEmbeddedTools } from '../support/embedded-run.ts';
import { findKubectl, withoutKubectl } from '../support/kubectl.ts';
import { upWorld } from '../support/up.ts';

const kubectl = findKubectl();
// Side by side: most of the time passes in waiting, as it does with real clusters.
t.jobs = 4;

const SCENARIO = 'primary-remote-multi-network';
/**
 * What is typed: the scenario that has every kind of command line of its edition, as the first test shows.
 */
const SCRIPTS = [
  { scenario: SCENARIO, edition: '1.8', client: 'sleep' },
  { scenario: SCENARIO, edition: 'current', client: 'curl' },
] as const;

/** A plan's command lines, whatever the clusters, the networks and the versions are called. */
const linesOf = (plan: Plan): readonly string[] =>
  plan.steps.flatMap(({ commands }) =>
    commands.map(({ tool, args }) => [tool, ...args].join(' ').replace(/\b(cluster|network|v)\d\b/g, '$1N')),
  );
/** Those that only pages of today have which make certificates; the other edition's script has them. */
const OF_CERTIFICATES = /^(certs |kubectl create secret generic cacerts )/;

t.test('no scenario has a kind of command line that is not typed', async t => {
  const inOtherEdition = linesOf(await planOf(SCENARIO, '1.8')).filter(line => OF_CERTIFICATES.test(line));
  for (const edition of EDITION_NAMES) {
    const typed = new Set([...linesOf(await planOf(SCENARIO, edition)), ...inOtherEdition]);
    for (const scenario of FOUR) {
      const missing = linesOf(await planOf(scenario, edition)).filter(line => !typed.has(line));
      t.same(missing, [], `${scenario}, edition ${edition}`);
    }
  }
});

for (const { scenario, edition, client } of SCRIPTS) {
  t.test(`${scenario}, edition ${edition}, by hand`, { skip: withoutKubectl(kubectl) }, async t => {
    await using world = await upWorld(scenario, ['--bare', '--edition', edition], kubectl);
    t.equal(world.up.code, 0, world.up.stderr);
    const version = await world.bash('kubectl --context="$CTX_CLUSTER1" get --raw /version');
    t.match(version.stdout, /"minor": ?"34"/, 'the server is of 1.34');

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
