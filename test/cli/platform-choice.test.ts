/** Which platform and edition a command line means, and the first line of a run. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { othersClusters } from '../../harness/cli/others-clusters.ts';
import { chooseEdition, choosePlatform, firstLine } from '../../harness/cli/platform-choice.ts';
import { OwnState } from '../../harness/cli/up/own-state.ts';
import { upPaths } from '../../harness/cli/up/paths.ts';
import { markSimulated } from '../../harness/model/simulated-cluster.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { runHere } from '../support/run-here.ts';

const ALL = ['docker', 'kind', 'kubectl', 'istioctl'];
const signal = new AbortController().signal;
/** A run that ends before it begins has said its first lines. */
const ABORTED = AbortSignal.abort(new Error('before it begins'));

/** A folder with these programs in it, for PATH. */
function programs(t: Test, names: readonly string[], script = '#!/bin/sh\nexit 0\n'): string {
  const folder = t.testdir();
  for (const name of names) {
    writeFileSync(path.join(folder, name), script);
    chmodSync(path.join(folder, name), 0o755);
  }
  return folder;
}

t.test('the platform, and what is said first', async t => {
  for (const [asked, there, name, line] of [
    [
      undefined,
      [],
      'simulator',
      'Platform: simulator, edition X; no real cluster is touched. Real ones: --platform kind, which needs Docker, not found here (mesh-harness doctor).',
    ],
    [
      undefined,
      ['docker', 'kubectl'],
      'simulator',
      'Platform: simulator, edition X; no real cluster is touched. Real ones: --platform kind, which fetches kind, istioctl.',
    ],
    [
      undefined,
      ALL,
      'simulator',
      'Platform: simulator, edition X; no real cluster is touched. Real ones: --platform kind.',
    ],
    [
      'auto',
      ALL,
      'kind',
      'Platform: kind (auto: docker, kind, kubectl, istioctl are there), edition X; clusters are made in Docker, on this machine.',
    ],
    [
      'auto',
      ['docker', 'kind', 'kubectl'],
      'simulator',
      'Platform: simulator (auto: no istioctl), edition X; no real cluster is touched. Real ones: --platform kind, which fetches istioctl.',
    ],
    ['kind', [], 'kind', 'Platform: kind, edition X; clusters are made in Docker, on this machine.'],
    ['existing', ALL, 'existing', 'Platform: existing, edition X: cluster1 (prod-a), cluster2 (prod-b).'],
  ] as const) {
    const choice = choosePlatform(asked, { PATH: programs(t, there) });
    t.equal(choice.name, name);
    t.equal(
      firstLine(choice, { name: 'X' }, 'cluster1 (prod-a), cluster2 (prod-b)'),
      line,
      `${asked} with ${there.join(', ') || 'nothing'}`,
    );
  }
});

t.test('the edition: as asked, else by the release, else by the platform', async t => {
  const releases = t.testdir();
  const release = (version: string) => {
    const folder = path.join(releases, version);
    mkdirSync(path.join(folder, 'bin'), { recursive: true });
    writeFileSync(path.join(folder, 'bin', 'istioctl'), `#!/bin/sh\necho ${version}\n`);
    chmodSync(path.join(folder, 'bin', 'istioctl'), 0o755);
    return folder;
  };
  for (const [platform, flags, name, because] of [
    ['simulator', {}, '1.8', undefined],
    ['kind', {}, 'current', undefined],
    ['existing', {}, 'current', undefined],
    ['simulator', { edition: 'current' }, 'current', undefined],
    ['kind', { edition: '1.8' }, '1.8', undefined],
    ['existing', { istioDir: release('1.8.6') }, '1.8', /of Istio 1\.8\.6 in /],
    ['kind', { istioDir: release('1.24.6') }, 'current', /of Istio 1\.24\.6 in /],
    ['kind', { istioDir: release('1.8.6'), edition: 'current' }, 'current', undefined],
    ['simulator', { istioDir: release('1.30.3') }, '1.8', undefined],
    ['kind', { istioVersion: '1.29.1' }, 'current', /of Istio 1\.29\.1\)/],
    ['existing', { istioVersion: '1.8.6' }, '1.8', /of Istio 1\.8\.6\)/],
    ['kind', { istioVersion: '1.29.1', edition: 'current' }, 'current', undefined],
    ['existing', { istioDir: '/nowhere' }, 'current', undefined],
  ] as const) {
    const choice = await chooseEdition(flags, platform, signal);
    t.equal(choice.name, name, `${platform} ${JSON.stringify(flags)}`);
    if (because === undefined) t.equal(choice.because, undefined);
    else t.match(firstLine({ name: platform, missingForKind: [] }, choice), because);
  }
  for (const [flags, message, hint] of [
    [{ istioVersion: '1.15.0' }, /^--istio-version: Istio 1\.15\.0 goes with no edition/, /another release/],
    [
      { istioVersion: '1.8.6', edition: 'current' },
      /goes with edition 1\.8, not with current/,
      /--edition out/,
    ],
  ] as const)
    await t.rejects(chooseEdition(flags, 'kind', signal), { code: 'ERR_USAGE', message, hint });
});

t.test('MESH_HARNESS_PLATFORM sets the default, and --platform counts more', async t => {
  using folder = temporaryFolder();
  // Without a context nothing starts: what platform was meant is seen by what is missing.
  const env = { MESH_HARNESS_PLATFORM: 'existing', KUBECONFIG: '/nowhere' };
  t.match(await runCli(['run', 'multi-primary'], folder.path, env), {
    code: 2,
    stderr: /^mesh-harness: No context is known for cluster1, cluster2/,
  });
  const argv = ['run', 'multi-primary', '--omit', 'none', '--platform', 'simulator'];
  t.match(await runCli(argv, folder.path, env), { code: 2, stderr: /has no step "none"/ });
  t.match(await runCli(['run', 'multi-primary'], folder.path, { MESH_HARNESS_PLATFORM: 'nope' }), {
    code: 2,
    stderr:
      /^mesh-harness: There is no platform "nope"\.\n {2}Known platforms: simulator, kind, existing, auto$/m,
  });
});

t.test('on simulated clusters that are up, the edition is that of their release', async t => {
  using folder = temporaryFolder();
  const kubeconfig = path.join(folder.path, 'config');
  const document = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: ['a', 'b'].map(name => ({ name, context: { cluster: 'c', user: 'u' } })),
  });
  const of = (istioVersion: string) =>
    markSimulated(document, { inNetworkServer: 'https://172.18.0.2:6443', istioVersion });
  const said = async (istioVersion: string, ...argv: readonly string[]) => {
    writeFileSync(kubeconfig, of(istioVersion));
    const flags = ['--platform', 'existing', '--context', 'cluster1=a', '--context', 'cluster2=b', ...argv];
    const { stderr } = await runHere(['run', 'multi-primary', ...flags], {
      env: { KUBECONFIG: kubeconfig },
      signal: ABORTED,
    });
    return stderr.split('\n')[0];
  };
  t.equal(
    await said('1.8.0'),
    'Platform: existing, edition 1.8 (of simulated clusters for Istio 1.8.0): cluster1 (a), cluster2 (b).',
  );
  t.match(await said('1.30.3'), 'edition current (of simulated clusters for Istio 1.30.3)');
  t.equal(
    await said('1.8.0', '--edition', 'current'),
    'Platform: existing, edition current: cluster1 (a), cluster2 (b).',
  );
});

t.test('clusters that the variables of the guide name are not those of a simulated run', async t => {
  const env = { CTX_CLUSTER1: 'prod-a', CTX_CLUSTER2: 'prod-b' };
  const line =
    /^ {2}CTX_CLUSTER1, CTX_CLUSTER2 are set, but these clusters are simulated; yours .* --platform existing\.$/m;
  const run = async (argv: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    (await runHere(['run', 'multi-primary', ...argv], { env: { ...env, ...more }, signal: ABORTED })).stderr;
  const said = await run([]);
  t.match(said, line);
  t.equal(said.split('CTX_').length, 3, 'once');
  for (const quiet of [['--quiet'], ['-q', '--output', 'json']])
    t.match(
      await run(quiet),
      /^ {2}CTX_CLUSTER1, CTX_CLUSTER2 are set, but .*\nmesh-harness: interrupted\n$/,
      'first',
    );
  t.match(await run(['--platform', 'auto']), line, 'where auto is the simulator');
  t.match(await run([], { MESH_HARNESS_PLATFORM: 'auto' }), line);
  t.notMatch(await run(['--platform', 'simulator']), /CTX_/, 'who names the platform knows');
  t.notMatch(await run([], { MESH_HARNESS_PLATFORM: 'simulator' }), /CTX_/);
  t.match(await run([], { CTX_CLUSTER1: '', CTX_CLUSTER2: '', CTX_EAST: 'e' }), /CTX_EAST is set/);
});

t.test('where the variables are those of a world that is up, the line says so', async t => {
  const paths = upPaths(path.join(t.testdir(), 'state'), {});
  const about = { scenario: 'multi-primary', edition: '1.8', istioVersion: '1.8.0', seed: '1', bare: true };
  using own = await OwnState.take(paths, { ...about, startedAt: '' }, { tell: () => {} });
  own.started([], '');
  const env = { CTX_CLUSTER1: 'cluster1', KUBECONFIG: paths.kubeconfig };
  const platform = { asked: undefined, chosen: 'simulator' };
  t.match(othersClusters(platform, { env }), [
    /^ {2}CTX_CLUSTER1 is of multi-primary, which is up; this run simulates its own\. On those: --platform existing/,
  ]);
  t.match(othersClusters(platform, { env: { ...env, KUBECONFIG: '/elsewhere/kubeconfig' } }), [
    /CTX_CLUSTER1 is set/,
  ]);
});
