/**
 * A run on `mesh-harness up --bare` that is killed at any moment: `mesh-harness clean` leaves the clusters as
 * they were before it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { contents } from '../../support/existing-world.ts';
import { upWorld } from '../../support/up.ts';

const SCENARIO = 'multi-primary-multi-network';

/** Someone's own things, with names that could be taken for Istio's. */
const FOREIGN = [
  [{ apiVersion: 'v1', plural: 'namespaces' }, 'Namespace', 'theirs'],
  [{ apiVersion: 'v1', plural: 'configmaps', namespace: 'theirs' }, 'ConfigMap', 'istio'],
  [{ apiVersion: 'v1', plural: 'services', namespace: 'theirs' }, 'Service', 'istiod'],
  [{ apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles' }, 'ClusterRole', 'istio-of-theirs'],
] as const;

t.test('killed, cleaned: every object is as it was', { timeout: 400_000 }, async t => {
  await using up = await upWorld(SCENARIO, ['--bare']);
  t.equal(up.up.code, 0, up.up.stderr);
  const kubeconfig = path.join(up.stateDir, 'kubeconfig');
  const state = path.join(up.folder, 'runs-of-the-test');
  const env = {
    KUBECONFIG: kubeconfig,
    CTX_CLUSTER1: 'cluster1',
    CTX_CLUSTER2: 'cluster2',
    MESH_HARNESS_STATE: state,
  };
  const clients = new Map(
    ['cluster1', 'cluster2'].map(
      name => [name, new KubernetesClient(readFileSync(kubeconfig, 'utf8'), { context: name })] as const,
    ),
  );
  t.teardown(() => {
    for (const client of clients.values()) client.close();
  });
  for (const client of clients.values()) {
    for (const [place, kind, name] of FOREIGN) {
      const more = kind === 'Service' ? { spec: { ports: [{ port: 80 }] } } : {};
      await client.create(place, { apiVersion: place.apiVersion, kind, metadata: { name }, ...more });
    }
  }
  const foreign = () =>
    Promise.all(
      [...clients.values()].flatMap(client =>
        FOREIGN.map(([place, , name]) => client.get({ ...place, name })),
      ),
    );
  // istiod puts a ConfigMap into every namespace, and a controller one of its own: that one is waited for.
  await waitUntil(
    'the namespace to be furnished',
    async () =>
      (await clients.get('cluster2')?.list({ apiVersion: 'v1', plural: 'configmaps', namespace: 'theirs' }))
        ?.items,
    (items = []) => items.length === 2,
    { clock: systemClock, timeoutMs: 10_000, intervalMs: 50 },
  );
  const before = await contents(clients);
  const theirs = await foreign();
  const runs = () => (existsSync(path.join(state, 'runs')) ? readdirSync(path.join(state, 'runs')) : []);
  const ledger = () =>
    runs()
      .map(name => textOf(path.join(state, 'runs', name, 'ledger.jsonl')))
      .join('');

  const steps = (count: number) => (stderr: string) => stderr.split('✓').length > count;
  for (const [moment, isReached] of [
    ['while the clusters are probed', () => /"cluster2"/.test(ledger())],
    ['while Istio is installed', steps(12)],
    ['while the traffic is verified', (stderr: string) => /✓ Every workload pod/.test(stderr)],
  ] as const) {
    let seen = '';
    const { child, ended } = startCli(['run', SCENARIO, '--platform', 'existing', '--edition', '1.8'], {
      cwd: up.folder,
      env,
      onStderr: text => {
        seen = text;
      },
    });
    await waitUntil(
      moment,
      () => isReached(seen) || child.exitCode !== null,
      reached => reached,
      { clock: systemClock, timeoutMs: 60_000, intervalMs: 5, describe: () => seen.slice(-300) },
    );
    child.kill('SIGKILL');
    t.equal((await ended).code, null, `killed ${moment}`);
    t.equal(runs().length, 1, 'a ledger tells of it');
    const { code, stdout, stderr } = await runCli(['clean'], up.folder, env);
    t.match(
      { code, stdout },
      { code: 0, stdout: /^removed run \w+: the mesh in cluster1, the mesh in cluster2\n$/ },
      stderr,
    );
    t.strictSame(await contents(clients), before, `${moment}: the same objects`);
    t.strictSame(await foreign(), theirs, 'and those of others are not even touched');
    t.same(runs(), [], 'no ledger is left');
  }
});

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // not begun yet
  }
}
