/** API servers that take connections and say nothing do not hold a verification. */
import t from 'tap';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { run } from '../../harness/run/runner.ts';
import { checksFor } from '../../harness/verify/catalog.ts';
import { walkChain } from '../../harness/verify/diagnose/links/walk.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import { planOf, topologyOf } from '../plan/scenarios.ts';
import { muteServer } from '../support/mute-server.ts';
import { JumpingClock, SmallPlatform, SmallTools } from '../support/small-plan.ts';

const topology = await topologyOf('primary-remote-multi-network');
const plan = await planOf('primary-remote-multi-network', 'current');

t.test('every check ends unknown, all of them in a minute', async t => {
  const { server, kubeconfig } = await muteServer();
  t.teardown(() => server.close());
  const clusters = topology.clusters.map(({ name }) => ({ name, kubeconfig: () => kubeconfig }));
  const platform = new SmallPlatform({ clusters });
  const startedAtMs = platform.jumping.now();
  const checks = checksFor(topology, plan, { extended: true, allowChanges: false });
  const outcome = await run({
    topology,
    plan: { ...plan, steps: [] },
    platform,
    tools: () => new SmallTools(platform.jumping, {}),
    verify: { checks, sample: planSample(300, { expectedShares: [[0.5, 0.5]] }) },
    ...{ seed: '1', runId: 'silent' },
  });
  t.equal(outcome.verdict, 'unknown');
  t.equal(outcome.exitCode, 3);
  t.equal(outcome.checks.length, checks.length);
  t.same([...new Set(outcome.checks.map(each => each.outcome))], ['unknown']);
  t.match(outcome.reason, {
    kind: 'environment',
    message: /^https:\S+ has not answered GET \S+ within 15 s\. It has answered nothing yet\.$/,
  });
  const tookMs = platform.jumping.now() - startedAtMs;
  t.ok(tookMs <= 60_000, `${checks.length} checks in ${tookMs / 1000} s`);
});

t.test('a diagnosis of them is done in seconds', async t => {
  const { server, kubeconfig } = await muteServer();
  const client = new KubernetesClient(kubeconfig);
  t.teardown(() => {
    client.close();
    server.close();
  });
  const clock = new JumpingClock();
  const asked = topology.clusters.map(
    spec => [spec.name, { spec, context: spec.name, client, as: () => client }] as const,
  );
  const { verdict, first } = await walkChain({
    ...{ topology, plan, clock, clusters: new Map(asked) },
    signal: new AbortController().signal,
  });
  t.equal(verdict, 'unknown');
  t.match(first, { id: 'context', finding: { isEnvironment: true, seen: /no answer in 3 s/ } });
});
