/** A program of this machine in a pod of the virtual network: ports, files, environment, signals, its end. */
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { RealIstiod } from '../../../harness/simulator/bridge/real-istiod.ts';
import { readText } from '../../../harness/simulator/istio/read-text.ts';
import type { NetworkNamespace } from '../../../harness/simulator/network/interfaces.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { writePilotDiscovery } from '../../support/real-istiod.ts';
import { filesOf } from '../../support/run-program.ts';

const ARGUMENTS = ['discovery', '--monitoringAddr=:15014', '--meshConfig=/etc/istio/config/mesh'];
const within = { clock: systemClock, timeoutMs: 10_000, intervalMs: 20 };

/** A pod with the stand-in, and a peer that listens on 443. */
async function startPod(args: readonly string[] = ARGUMENTS) {
  const folder = temporaryFolder();
  const istiod = new RealIstiod(writePilotDiscovery(folder.path));
  const network = new VirtualNetwork({ clock: systemClock, random: createRandom('1'), networks: [] });
  const pod = network.addMachine('istiod');
  const peer = network.addMachine('peer');
  peer.listen(443, socket => {
    socket.on('data', (chunk: Buffer) => socket.end(`peer heard ${chunk} from ${socket.remoteAddress}`));
  });
  const files = filesOf({
    '/etc/cacerts/ca-key.pem': 'first',
    '/var/run/secrets/kubernetes.io/serviceaccount/token': 'token',
  });
  const end = new AbortController();
  const output = { stdout: '', stderr: '' };
  const exited = istiod.main({
    argv: ['/usr/local/bin/pilot-discovery', ...args],
    env: { KUBERNETES_SERVICE_HOST: peer.address, KUBERNETES_SERVICE_PORT: '443', POD_NAME: 'istiod-1' },
    uid: 1337,
    hostname: 'istiod-1',
    files,
    network: pod.forProcess(1337),
    clock: systemClock,
    random: createRandom('1'),
    stdout: text => {
      output.stdout += text;
    },
    stderr: text => {
      output.stderr += text;
    },
    signal: end.signal,
  });
  return {
    ...{ istiod, pod, peer, files, exited, output, terminate: () => end.abort() },
    listens: () =>
      waitUntil(
        'the program',
        () => output.stdout,
        text => text.includes('listens'),
        within,
      ),
    [Symbol.asyncDispose]: async () => {
      await istiod[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Asks the pod on its port 8080, from another machine of the virtual network. */
async function ask(from: NetworkNamespace, pod: NetworkNamespace, page: string): Promise<string> {
  const request = http.get({ path: page, createConnection: () => from.connect(pod.address, 8080) });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return await readText(response);
}

t.test('its ports are those of the pod, and it lives in a private folder', async t => {
  await using world = await startPod();
  await world.listens();
  t.equal(await ask(world.peer, world.pod, '/ready'), 'ready');
  const given = JSON.parse(await ask(world.peer, world.pod, '/given')) as {
    words: string[];
    cwd: string;
    env: Record<string, string>;
  };
  const { words, cwd, env } = given;
  t.equal(statSync(cwd).mode & 0o777, 0o700);
  t.equal(statSync(path.join(cwd, 'etc/cacerts/ca-key.pem')).mode & 0o777, 0o600);
  t.match(words, ['--monitoringAddr=:15014', `--meshConfig=${cwd}/etc/istio/config/mesh`]);
  const last = (flag: string) => words.findLast(word => word.startsWith(flag));
  for (const flag of ['httpAddr', 'httpsAddr', 'grpcAddr', 'secureGRPCAddr', 'monitoringAddr'])
    t.match(last(`--${flag}`), /=127\.0\.0\.1:\d+$/);
  t.match(last('--ctrlz_port'), /=\d+$/);
  t.match(env, { POD_NAME: 'istiod-1', HOME: cwd, NO_PROXY: '', KUBECONFIG: `${cwd}/in-cluster.kubeconfig` });
  t.equal(env['PATH'], undefined, 'nothing of our own environment');
  const kubeconfig = await ask(world.peer, world.pod, `/?file=${env['KUBECONFIG']}`);
  t.match(JSON.parse(kubeconfig), {
    clusters: [{ cluster: { server: `https://${world.peer.address}:443` } }],
    users: [{ user: { tokenFile: `${cwd}/var/run/secrets/kubernetes.io/serviceaccount/token` } }],
  });

  const echo = world.peer.connect(world.pod.address, 15012);
  echo.allowHalfOpen = true;
  echo.end('bytes');
  t.equal(String(await once(echo, 'data')), 'bytes', 'each direction ends by itself');

  world.terminate();
  t.equal(await world.exited, 0);
  t.equal(world.output.stdout, 'listens\nends\n');
  t.notOk(existsSync(cwd), 'its folder is gone');
});

t.test('what is mounted anew is there anew', async t => {
  await using world = await startPod();
  await world.listens();
  const shows = (file: string, content: string) =>
    waitUntil(
      file,
      () => ask(world.peer, world.pod, `/?file=${file}`),
      text => text === content,
      within,
    );
  t.equal(await shows('etc/cacerts/ca-key.pem', 'first'), 'first');
  world.files.write('/etc/cacerts/ca-key.pem', 'second');
  world.files.write('/var/run/secrets/remote/config', 'kubeconfig');
  t.ok(await shows('etc/cacerts/ca-key.pem', 'second'));
  t.ok(await shows('var/run/secrets/remote/config', 'kubeconfig'));
  world.files.all.delete('/etc/cacerts/ca-key.pem');
  t.ok(await shows('etc/cacerts/ca-key.pem', 'none'));
});

t.test('it reaches the virtual network through the proxy alone, with the words of a failed dial', async t => {
  await using world = await startPod();
  await world.listens();
  const connect = async (target: string) =>
    JSON.parse(await ask(world.peer, world.pod, `/?target=${encodeURIComponent(target)}`)) as unknown;
  t.match(await connect(`${world.peer.address}:443`), {
    statusCode: 200,
    text: `peer heard hello from ${world.pod.address}`,
  });
  t.match(await connect(`${world.peer.address}:444`), {
    statusCode: 502,
    statusMessage: `dial tcp ${world.peer.address}:444: connect: connection refused`,
  });
  t.match(await connect('nobody.example:443'), { statusCode: 502 });
  t.match(await connect('stranger.example:443'), { statusCode: 407 });
});

t.test('its exit code is the container’s, and what it says is its log', async t => {
  await using world = await startPod(['fail']);
  t.equal(await world.exited, 7);
  t.equal(world.output.stderr, 'Error: failed to create discovery service\n');
});

t.test('the end of the world kills what is left, and waits for it', async t => {
  const world = await startPod();
  await world.listens();
  const { cwd } = JSON.parse(await ask(world.peer, world.pod, '/given')) as { cwd: string };
  await world[Symbol.asyncDispose]();
  t.equal(await world.exited, 137);
  t.notOk(existsSync(cwd));
});
