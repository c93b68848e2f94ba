/**
 * The plan through real programs on an open simulated world: the same verdict, and the same objects, as with
 * the embedded tools.
 */
import path from 'node:path';
import t from 'tap';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { checksFor } from '../../harness/verify/catalog.ts';
import { expectedShares } from '../../harness/verify/groups.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import { allObjects } from '../support/all-objects.ts';
import { ROOT, runCli, temporaryFolder } from '../support/cli.ts';
import { objectsAfterEmbeddedTools } from '../support/embedded-run.ts';
import { findKubectl, withoutKubectl } from '../support/kubectl.ts';
import { runByPrograms } from '../support/run-by-programs.ts';

/** One that is not typed by hand (up-by-hand.test.ts). */
const SCENARIO = 'multi-primary-multi-network';
const kubectl = findKubectl();
const skip = withoutKubectl(kubectl);

t.test('kubectl and istioctl as processes bring the mesh up as the embedded tools do', { skip }, async t => {
  const { topology } = await loadScenario(SCENARIO, { folder: path.join(ROOT, 'scenarios') });
  const plan = planTopology(topology, '1.8');
  const found: Record<string, unknown> = {};
  const outcome = await runByPrograms({
    topology,
    plan,
    kubectl: kubectl ?? '',
    verify: {
      checks: checksFor(topology, plan, { extended: false }),
      sample: planSample(undefined, { expectedShares: expectedShares(topology) }),
    },
    beforeCleanUp: async ({ clusters }) => {
      for (const [name, cluster] of clusters) {
        const client = new KubernetesClient(cluster.kubeconfig('this-machine'));
        found[name] = Object.fromEntries(await allObjects(client));
        client.close();
      }
    },
  });
  t.equal(outcome.verdict, 'passed', outcome.reason?.message ?? '');
  const started = outcome.events.find(event => event.type === 'platform-started');
  t.match(started, {
    toolVersions: { istioctl: '1.8.0', kubectl: /^v1\./ },
    adjustments: [{ tool: 'istioctl', addArgs: ['--server', /^https:\/\/172\.\d+\.\d+\.\d+:6443$/] }],
  });
  t.strictSame(found, await objectsAfterEmbeddedTools(SCENARIO));
});

t.test('a kind of tools that is not known is refused', async t => {
  using folder = temporaryFolder();
  t.match(await runCli(['run', SCENARIO, '--tools', 'magic'], folder.path), {
    code: 2,
    stderr: /Known: embedded, process/,
  });
  t.match(await runCli(['run', SCENARIO, '--platform', 'kind', '--tools', 'process'], folder.path), {
    code: 2,
    stderr: /Elsewhere kubectl and istioctl themselves do the work/,
  });
});
