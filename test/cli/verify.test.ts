/** `mesh-harness verify` on one installed mesh: read, verified, deployed into, changed, and left as it was. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import type { VerifyFlags } from '../../harness/cli/commands/verify.flags.ts';
import { verifyCommand } from '../../harness/cli/commands/verify.ts';
import { mergeKubeconfigs } from '../../harness/model/kubeconfig.ts';
import { clusterName } from '../../harness/model/names.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import { AttachedPlatform } from '../../harness/platform/attached/attached-platform.ts';
import { removeDeployed } from '../../harness/platform/attached/deployed.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import { CHECK_FAMILIES } from '../../harness/verify/catalog.ts';
import type { Check } from '../../harness/verify/check.ts';
import { topologyOf } from '../plan/scenarios.ts';
import { temporaryFolder } from '../support/cli.ts';
import { cleanUp, killedWhileItDeploys, type RunFiles, settled } from '../support/deployed.ts';

const ADMIN = 'kubernetes-admin';
/** Families that say nothing of two primaries. */
const ELSEWHERE = ['CLUSTER-served-by-PRIMARY', 'even-over-all-clients'];

interface Wrote {
  readonly method: string;
  readonly url: string;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the admin's requests wrote meanwhile. */
  readonly written: readonly Wrote[];
  readonly reportDir: string;
  readonly report: () => ConformanceReport;
}

interface Mesh {
  readonly files: RunFiles;
  readonly clients: ReadonlyMap<string, KubernetesClient>;
  readonly kubeconfigs: ReadonlyMap<string, string>;
  verify(scenario: string | undefined, flags?: Partial<VerifyFlags>, abortAt?: RegExp): Promise<Ended>;
}

/** Reads change nothing; an exec is a read of what its program tells. */
const isWrite = ({ method, url }: Wrote) => method !== 'GET' && !/\/exec\?/.test(url);

t.test('a mesh that somebody else has installed', async t => {
  // The clock is the wall's: pods have their grace, and a machine with other work to do takes its time.
  t.setTimeout(360_000);
  using folder = temporaryFolder();
  const topology = await topologyOf('multi-primary-multi-network');
  const requests: (Wrote & { readonly username: string })[] = [];
  const nothing = () => {};
  const platform = new SimulatorPlatform({
    seed: '1',
    open: { istioVersion: '1.8.0' },
    observer: {
      onRequest: (_cluster, { method, url, username }) => void requests.push({ method, url, username }),
      onConnection: nothing,
      onProcess: nothing,
    },
  });
  const session = await prepareSession({
    topology,
    plan: planTopology(topology, '1.8'),
    platform,
    checks: [],
    beforeCleanUp: async started => {
      const kubeconfigs = new Map(
        [...started.clusters].map(([name, cluster]) => [name as string, cluster.kubeconfig('this-machine')]),
      );
      const file = path.join(folder.path, 'kubeconfig');
      writeFileSync(file, mergeKubeconfigs(kubeconfigs));
      const clients = new Map([...kubeconfigs].map(([name, text]) => [name, new KubernetesClient(text)]));
      try {
        const state = path.join(folder.path, 'state');
        await withMesh(t, {
          files: { folder: folder.path, kubeconfig: file, state },
          clients,
          kubeconfigs,
          verify: async (scenario, flags = {}, abortAt) => {
            const from = requests.length;
            const stdout: string[] = [];
            let stderr = '';
            const interruption = new AbortController();
            const write = (text: string) => {
              stderr += text;
              if (abortAt?.test(stderr)) interruption.abort(new Error('Interrupted: SIGINT.'));
              return true;
            };
            const reportDir = path.join(folder.path, `report-${from}`);
            const code = await verifyCommand(
              scenario,
              {
                ...{ context: [], kubeconfig: file, reportDir, deploy: false, allowChanges: false },
                ...{
                  check: [],
                  skipCheck: [],
                  output: 'text',
                  quiet: false,
                  verbose: false,
                  requests: 61,
                  risk: 0.01,
                },
                ...flags,
              },
              {
                env: { CTX_CLUSTER1: 'cluster1', CTX_CLUSTER2: 'cluster2', MESH_HARNESS_STATE: state },
                stdout: { write: (text: string) => void stdout.push(text) } as never, // all it uses
                stderr: { write } as never,
                signal: interruption.signal,
              },
            );
            const written = requests.slice(from).filter(each => each.username === ADMIN && isWrite(each));
            const report = () =>
              JSON.parse(readFileSync(path.join(reportDir, 'report.json'), 'utf8')) as ConformanceReport;
            return { code, stdout: stdout.join(''), stderr, written, reportDir, report };
          },
        });
      } finally {
        for (const client of clients.values()) client.close();
      }
    },
  });
  const { reason, verdict } = await session.start();
  t.equal(verdict, 'passed', reason?.message ?? '');
  t.ok(
    requests.some(each => each.username === ADMIN && isWrite(each)),
    'the recorder sees the writes of the installation',
  );
});

/** The pods of a namespace have their grace, and the cluster takes its time even then. */
async function gone(client: KubernetesClient | undefined): Promise<void> {
  const find = async () => await client?.find({ apiVersion: 'v1', plural: 'namespaces', name: 'sample' });
  const options = { clock: systemClock, timeoutMs: 100_000, intervalMs: 100 };
  await waitUntil('the namespace to be gone', find, found => found === undefined, options);
}

async function withMesh(t: Test, mesh: Mesh): Promise<void> {
  await t.test('is verified by all checks, and nothing is written', async t => {
    const { code, stdout, stderr, written, reportDir, report } = await mesh.verify(undefined);
    t.equal(code, 0, stderr);
    t.match(stdout, /^multi-primary-multi-network +passed .* simulated\n$/);
    t.match(
      stderr,
      /^Clusters: the contexts cluster1, cluster2\. Taken for multi-primary-multi-network \(edition 1\.8\):\n {2}cluster1: a primary on network1, mesh mesh1, istiod 1\.8\.0, knows cluster2, HelloWorld v1, sleep as client\.\n {2}cluster2: a primary on network2, .* knows cluster1, HelloWorld v2, sleep as client\.\n/,
    );
    t.same(written, []);
    const { evidence, scenarios } = report();
    t.equal(evidence, 'simulated');
    t.same(scenarios[0]?.steps, [], 'no step is carried out');
    t.same(
      [...new Set(scenarios[0]?.checks.map(({ id }) => id.replace(/cluster\d/, 'CLUSTER')))].sort(),
      CHECK_FAMILIES.filter(({ changes, id }) => !changes && !ELSEWHERE.includes(id))
        .map(({ id }) => id)
        .sort(),
      'extended ones too',
    );
    for (const name of ['junit.xml', 'report.tap', 'report.html', 'report.md'])
      t.ok(existsSync(path.join(reportDir, name)), name);
  });

  await t.test('is not what another scenario says', async t => {
    const { code, stdout, stderr, report } = await mesh.verify('primary-remote', {
      check: ['CLUSTER-served-by-PRIMARY', 'cluster2-workloads-ready'],
      wait: 1,
      output: 'json',
    });
    t.equal(code, 1, 'the check of the remote was asked for by name');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as object);
    t.match(events[0], { type: 'stream-started', scenarios: ['primary-remote'] });
    t.match(events.at(-1), { type: 'stream-ended', verdict: 'failed', exitCode: 1 });
    t.match(stderr, /Verified as primary-remote \(edition 1\.8\)\./);
    t.match(stderr, / {2}cluster2 is a remote of cluster1 in primary-remote, and a primary here\.\n/);
    t.match(stderr, / {2}cluster2 is on network1 in primary-remote, and on network2 here\.\n/);
    const [served] = report().scenarios[0]?.checks.filter(({ level }) => level === 'extended') ?? [];
    t.equal(served?.outcome, 'failed');
    t.ok(served?.diagnosis?.steps[0], 'the plan is known');
    t.ok(served?.diagnosis?.repair, 'and how its step is done');
  });

  await t.test('is not deployed into where the workloads are there', async t => {
    await t.rejects(mesh.verify(undefined, { deploy: true }), {
      code: 'ERR_USAGE',
      message: 'helloworld-v1 and sleep run in cluster1 already.',
    });
  });

  await t.test('what a check changes is put back, also after an interruption', async t => {
    for (const abort of [false, true]) {
      const told: string[] = [];
      const interruption = new AbortController();
      const check: Check = {
        ...{ id: 'scales', sentence: 'It scales.', level: 'extended' },
        run: async ({ clusters, signal, putBack }) => {
          const client = clusters.get(clusterName('cluster1'))?.client;
          const at = {
            apiVersion: 'apps/v1',
            plural: 'deployments',
            namespace: 'sample',
            name: 'helloworld-v1',
          };
          putBack('HelloWorld v1', async () => {
            await client?.patch(at, 'merge', { spec: { replicas: 1 } });
            told.push('put back');
          });
          await client?.patch(at, 'merge', { spec: { replicas: 0 } });
          told.push('changed');
          if (abort) interruption.abort(new Error('Interrupted: SIGINT.'));
          signal.throwIfAborted();
          return { outcome: 'passed', found: 'scaled', evidence: null };
        },
      };
      const topology = await topologyOf('multi-primary-multi-network');
      const session = await prepareSession({
        topology,
        platform: new AttachedPlatform({
          name: 'existing',
          kubeconfigs: new Map([...mesh.kubeconfigs].map(([name, text]) => [clusterName(name), text])),
          isSimulated: true,
        }),
        steps: 'none',
        checks: [check],
        signal: interruption.signal,
      });
      const { exitCode } = await session.start();
      t.equal(exitCode, abort ? 130 : 0);
      t.same(told, ['changed', 'put back'], abort ? 'interrupted' : 'to the end');
      const deployment = await mesh.clients
        .get('cluster1')
        ?.get({ apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample', name: 'helloworld-v1' });
      t.match(deployment, { spec: { replicas: 1 } });
    }
  });

  await t.test('without workloads it fails; with --deploy they come, and go again', async t => {
    const namespace = { apiVersion: 'v1', plural: 'namespaces', name: 'sample' };
    await mesh.clients.get('cluster1')?.delete(namespace);
    await gone(mesh.clients.get('cluster1'));
    // Somebody else's namespace stays as it was.
    const second = mesh.clients.get('cluster2');
    for (const name of ['helloworld-v2', 'sleep']) {
      await second?.delete({ apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample', name });
    }
    for (const name of ['helloworld', 'sleep'])
      await second?.delete({ apiVersion: 'v1', plural: 'services', namespace: 'sample', name });
    await second?.patch(namespace, 'merge', {
      metadata: { labels: { 'istio-injection': null, mine: 'yes' } },
    });
    const before = await settled(mesh.clients);

    const without = await mesh.verify(undefined, { wait: 1, check: ['CLUSTER-workloads-ready'] });
    t.equal(without.code, 1);
    t.match(
      without.stderr,
      /Neither HelloWorld nor a client runs in cluster1, cluster2; --deploy puts them in/,
    );
    t.match(without.stdout, /there is no pod of helloworld-v1/);

    const deployed = await mesh.verify(undefined, { deploy: true, skipCheck: ['CLUSTER-traffic-path'] });
    t.equal(deployed.code, 0, deployed.stderr);
    t.ok(deployed.written.length > 0);
    t.strictSame(await settled(mesh.clients), before, 'nothing stays');

    const interrupted = await mesh.verify(undefined, { deploy: true }, /✓ cluster\d: Deploy sleep/);
    t.equal(interrupted.code, 130, interrupted.stderr);
    t.strictSame(await settled(mesh.clients), before, 'nothing stays after Ctrl-C either');
    t.same(readdirSync(path.join(mesh.files.state, 'runs')), [], 'and no ledger');

    await t.test('what a killed run has left clean removes, and nothing else', async t => {
      await killedWhileItDeploys(mesh.files);
      const services = { apiVersion: 'v1', plural: 'services', namespace: 'sample' };
      const theirs = { ...services, name: 'curl' };
      await second?.create(services, { metadata: { name: 'curl' }, spec: { ports: [{ port: 80 }] } });
      const { removed, left, failures } = await cleanUp(mesh.files);
      t.match(removed, [/^run \w+: the workloads in cluster1, the workloads in cluster2$/]);
      t.match(left, [/^cluster2: services\/curl in sample, which this run has not made \(run \w+\)$/]);
      t.same(failures, []);
      t.ok(await second?.find(theirs));
      await second?.delete(theirs);
      t.strictSame(await settled(mesh.clients), before);

      // A namespace that somebody has made since is not that of the run.
      const first = mesh.clients.get('cluster1');
      await first?.create({ apiVersion: 'v1', plural: 'namespaces' }, { metadata: { name: 'sample' } });
      const uid = (await first?.get({ ...namespace, name: 'kube-system' }))?.metadata.uid ?? '';
      const was = { uid, hadNamespace: false, labels: {}, objects: [] };
      const options = { clock: systemClock, mark: 'mesh-harness-1' };
      t.same(first && (await removeDeployed(first, was, options)), {
        failures: [],
        left: ['namespace sample, which this run has not made'],
      });
      await first?.delete(namespace);
    });

    await second?.patch(namespace, 'merge', { metadata: { labels: { mine: null } } });
  });
}
