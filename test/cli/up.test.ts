/** `up`, `env`, `status`, `down`: a world that stays, its state on disk, and its end. */

import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import { isAlive } from '../../harness/process/liveness.ts';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { upWorld } from '../support/up.ts';

const modeOf = (file: string) => statSync(file).mode & 0o777;
const ended = (pid: number) =>
  waitUntil(
    'the end',
    () => isAlive({ pid }),
    alive => !alive,
    { clock: systemClock, timeoutMs: 10_000, intervalMs: 20 },
  );

const FOREIGN = `
apiVersion: v1
kind: Config
clusters: [{ name: theirs, cluster: { server: 'https://127.0.0.1:1' } }]
contexts: [{ name: theirs, context: { cluster: theirs, user: theirs } }]
users: [{ name: theirs, user: {} }]
current-context: theirs
`;

t.test('bare clusters stay until they are taken down, and leave nothing', async t => {
  await using world = await upWorld('multi-primary', ['--bare']);
  t.equal(world.up.code, 0, world.up.stderr);
  t.match(world.up.stdout, /^export KUBECONFIG=/);
  t.notMatch(world.up.stderr, /^export/m, 'said once, not in the lines for people');
  const { pid } = world;

  t.equal(modeOf(world.stateDir), 0o700);
  for (const file of ['state.json', 'kubeconfig', 'log'])
    t.equal(modeOf(path.join(world.stateDir, file)), 0o600, file);
  for (const file of ['istioctl', 'mesh-harness', 'samples/multicluster/gen-eastwest-gateway.sh'])
    t.equal(modeOf(path.join(world.stateDir, 'istio', file)), 0o700, file);
  t.notMatch(readFileSync(path.join(world.stateDir, 'log'), 'utf8'), /PRIVATE KEY|client-key-data/);

  t.match(await world.cli('status'), {
    code: 0,
    stdout: /multi-primary is up, bare: .*\n {2}cluster1 {2}https:\/\/127\.0\.0\.1:\d+ {2}Kubernetes v1\.34/,
  });
  const variables = await world.bash(
    'echo "$KUBECONFIG|$CTX_CLUSTER1|$CTX_CLUSTER2|$(command -v istioctl)"; ls "$ISTIO_FOLDER/samples"',
  );
  t.equal(
    variables.stdout,
    `${world.stateDir}/kubeconfig|cluster1|cluster2|${world.stateDir}/istio/istioctl\nhelloworld\nmulticluster\nsleep`,
  );
  const client = new KubernetesClient(readFileSync(path.join(world.stateDir, 'kubeconfig'), 'utf8'), {
    context: 'cluster2',
  });
  t.equal((await client.list({ apiVersion: 'v1', plural: 'nodes' })).items.length, 1);
  client.close();

  const typed: [string, number, RegExp, RegExp][] = [
    ['mesh-harness status', 0, /^multi-primary is up, bare/, /^$/],
    ['istioctl version --remote=false', 0, /^1\.8\.0$/, /^$/],
    ['echo n | istioctl install', 1, /Proceed\? \(y\/N\) $/, /^Cancelled\.$/],
    ['istioctl install < /dev/null', 1, /Proceed\? \(y\/N\) $/, /^Cancelled\.$/],
    ['echo y | istioctl install --dry-run', 0, /Proceed\? \(y\/N\) ✔ Installation complete$/, /^$/],
    ['echo "kind: [" | istioctl install -y -f -', 1, /^$/, /^Error: failed to install manifests: /],
    ['istioctl install -y -f none.yaml', 1, /^$/, /open none\.yaml: no such file or directory/],
    ['istioctl manifest generate --kubeconfig none', 0, /^apiVersion: /, /answers for 1\.8\.0/],
    ['istioctl proxy-status --context nope', 1, /^$/, /context "nope" does not exist/],
    ['istioctl proxy-status --kubeconfig none', 1, /^$/, /there is no current context/],
    ['istioctl frobnicate', 64, /^$/, /unknown command "frobnicate" for "istioctl"/],
    ['istioctl install --frobnicate', 64, /^$/, /unknown flag: --frobnicate/],
    [
      'istioctl x create-remote-secret --name cluster1',
      0,
      /server: https:\/\/172\.\S+:6443\n/,
      /its address for pods, not by https:\/\/127\.0\.0\.1:\d+/,
    ],
    [
      'istioctl x create-remote-secret --name cluster1 --server https://1.2.3.4',
      64,
      /^$/,
      /^Error: unknown flag: --server/,
    ],
  ];
  for (const [line, code, stdout, stderr] of typed)
    t.match(await world.bash(line), { code, stdout, stderr }, line);
  writeFileSync(path.join(world.folder, 'foreign'), FOREIGN);
  t.match(
    await world.bash('istioctl install -y --kubeconfig foreign'),
    { code: 1, stderr: /"theirs" is no simulated cluster/ },
    'nothing is installed in the clusters of others',
  );

  const second = await world.cli('up', 'primary-remote', '--bare', '--detach');
  t.match(second, { code: 2, stderr: /multi-primary is up already/ });
  t.match(await world.cli('down'), { code: 0, stderr: 'multi-primary is down.\n' });
  t.equal(existsSync(world.stateDir), false, 'nothing is left');
  await ended(pid);
  t.match(await world.cli('status'), {
    code: 1,
    stdout: `No world is up with its state in ${world.stateDir}.\n`,
  });
  t.match(await world.cli('env'), { code: 2, stdout: '', stderr: /No world is up/ });
  t.match(await world.cli('down'), { code: 0 }, 'twice is no harm');
});

t.test('what a killed process has left is recognised and replaced', async t => {
  await using world = await upWorld('multi-primary', ['--bare']);
  const { pid } = world;
  process.kill(pid, 'SIGKILL');
  await ended(pid);
  t.match(await world.cli('status'), { code: 1, stdout: new RegExp(`its process ${pid} is gone`) });
  t.match(await world.cli('env'), { code: 2, stdout: '' });
  t.match(await world.cli('up', 'primary-remote', '--bare', '--detach'), { code: 0 });
  t.match(await world.cli('status'), { code: 0, stdout: /^primary-remote is up/ });
  process.kill(world.pid, 'SIGKILL');
  t.match(await world.cli('down'), { code: 0, stderr: 'Removed what primary-remote had left.\n' });
  t.equal(existsSync(world.stateDir), false);
});

t.test('in the foreground Ctrl-C ends it, with the plan applied before', async t => {
  using folder = temporaryFolder();
  const stateDir = path.join(folder.path, 'state');
  let seen = '';
  let isAsked = false;
  const { child, ended } = startCli(
    ['up', 'primary-remote', '--edition', 'current', '--state-dir', stateDir],
    {
      cwd: folder.path,
      onStderr: text => {
        seen = text;
        if (!isAsked && /is up\. In a shell:/.test(text)) {
          isAsked = true;
          runCli(
            ['istioctl', '--kubeconfig', path.join(stateDir, 'kubeconfig'), 'remote-clusters'],
            folder.path,
          ).then(asked => {
            t.match(asked, {
              code: 0,
              stdout:
                /^NAME +SECRET +STATUS +ISTIOD\ncluster1 +synced .*\ncluster2 +istio-system\/istio-remote-secret-cluster2 +synced /,
            });
            child.kill('SIGINT');
          }, t.threw);
        }
      },
    },
  );
  const { code, stdout } = await ended;
  t.equal(code, 0, seen);
  t.match(stdout, /^export KUBECONFIG=/);
  t.match(stdout, /^export SERVER_CLUSTER1=https:\/\/[\d.]+:6443$/m, 'for create-remote-secret --server');
  t.match(seen, / ✓ cluster2: /);
  t.same(readdirSync(folder.path), [], 'nothing is left');
});

t.test('a folder with files of others is not taken, and a taken port is told', async t => {
  using folder = temporaryFolder();
  const stateDir = path.join(folder.path, 'mine');
  mkdirSync(stateDir);
  writeFileSync(path.join(stateDir, 'thesis.txt'), '');
  const refused = await runCli(['up', 'multi-primary', '--state-dir', stateDir], folder.path);
  t.match(refused, { code: 2, stderr: /holds files that are not ours: thesis\.txt/ });
  t.same(readdirSync(stateDir), ['thesis.txt']);
  const unknown = await runCli(
    ['up', 'nope', '--detach', '--state-dir', path.join(folder.path, 'state')],
    folder.path,
  );
  t.match(unknown, { code: 2, stderr: /nope/ });
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo; // of a TCP server that listens
  const late = await runCli(
    [
      'up',
      'multi-primary',
      '--bare',
      '--first-port',
      String(port),
      '--state-dir',
      path.join(folder.path, 'state'),
    ],
    folder.path,
  );
  taken.close();
  t.match(late, { code: 3, stderr: new RegExp(`EADDRINUSE.*${port}.*Choose other ports`) });
  t.same(readdirSync(folder.path), ['mine'], 'a world that did not come up leaves nothing');
  const wrong = await runCli(['up', 'multi-primary', '--frist-port', '1'], folder.path);
  t.match(wrong, { code: 2, stderr: /unknown option '--frist-port'/ });
});
