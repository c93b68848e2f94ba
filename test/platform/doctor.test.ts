/**
 * The doctors: what they say, and that nothing which hangs holds them up. Deadlines are counted on a clock
 * that is moved by hand.
 */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Clock, systemClock, type Timer } from '../../harness/base/clock.ts';
import { parseCidrOrAddress } from '../../harness/base/ipv4.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import { askAll } from '../../harness/platform/ask-all.ts';
import { addressFinding, kindDoctor } from '../../harness/platform/kind/doctor.ts';
import type { Engine } from '../../harness/platform/kind/engine/engine.ts';
import { windowOf } from '../../harness/platform/versions.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { existingWorld } from '../support/existing-world.ts';
import { twoClusters } from '../support/topologies.ts';

const signal = new AbortController().signal;
const never = () => new Promise<never>(() => {});

/** A clock that stands still until it is told to go on. */
function standing() {
  const timers = new Map<Timer, { readonly callback: () => void; readonly delayMs: number }>();
  const clock: Clock = {
    kind: 'virtual',
    now: () => 0,
    setTimeout: (callback, delayMs) => {
      const timer: Timer = {};
      timers.set(timer, { callback, delayMs });
      return timer;
    },
    clearTimeout: timer => void (timer && timers.delete(timer)),
  };
  return {
    clock,
    delays: () => [...timers.values()].map(({ delayMs }) => delayMs),
    expire: () => {
      for (const { callback } of [...timers.values()]) callback();
    },
  };
}

/** Programs in a folder for PATH. */
function programs(t: Test, scripts: Readonly<Record<string, string>>): string {
  const folder = join(t.testdir(), 'bin');
  mkdirSync(folder);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}
const HANGS = 'exec sleep 600';

t.test('each question has a deadline of its own, and they run side by side', async t => {
  const { clock, delays, expire } = standing();
  const ended: string[] = [];
  const hangs = (subject: string) => ({
    subject,
    fix: `mend ${subject}`,
    ask: (both: AbortSignal) => {
      both.addEventListener('abort', () => ended.push(subject));
      return never();
    },
  });
  const asking = askAll(
    [
      hangs('one'),
      { subject: 'sound', fix: '', ask: () => [{ subject: 'sound', ok: true, found: 'well' }] },
      hangs('two'),
      { subject: 'broken', fix: 'mend it', ask: () => Promise.reject(new Error('it broke')) },
    ],
    { signal, clock },
  );
  await new Promise(resolve => setImmediate(resolve));
  t.same(
    delays(),
    [4000, 4000],
    'those that were answered have none any more; all began at once, within the 5 seconds of a doctor',
  );
  expire();
  t.same(await asking, [
    { subject: 'one', ok: false, found: 'no answer within 4 s', fix: 'mend one' },
    { subject: 'sound', ok: true, found: 'well' },
    { subject: 'two', ok: false, found: 'no answer within 4 s', fix: 'mend two' },
    { subject: 'broken', ok: false, found: 'it broke', fix: 'mend it' },
  ]);
  t.same(ended, ['one', 'two'], 'what hangs is told to end');
});

t.test('an engine and programs that hang are findings, each with what to do', async t => {
  const { clock, delays, expire } = standing();
  const path = programs(t, { docker: HANGS, kind: 'echo v0.30.0', kubectl: HANGS, istioctl: 'echo 1.30.3' });
  const asking = kindDoctor({
    window: windowOf('current'),
    cache: t.testdirName,
    path,
    offline: false,
    connect: never,
    clock,
    signal,
  });
  // Until the sound ones have answered: they are processes. Engine, docker command, addresses, node image and
  // kubectl are left.
  await waitUntil('the sound ones', delays, left => left.length === 5, {
    clock: systemClock,
    timeoutMs: 30_000,
    intervalMs: 10,
  });
  expire();
  const findings = await asking;
  const of = (subject: string) => findings.find(finding => finding.subject === subject);
  t.match(of('engine'), { ok: false, found: 'no answer within 4 s', fix: /docker info/ });
  t.match(of('docker command'), { ok: false, found: 'no answer within 4 s' });
  t.match(of('kubectl'), { ok: false, found: 'no answer within 4 s', fix: /kubectl version/ });
  t.match(of('kind'), { ok: true, found: /^v0\.30\.0 / });
  t.match(of('istioctl'), { ok: true, found: /^1\.30\.3 / });
  t.match(of('disk'), { found: /GiB free/ });
  t.match(of('inotify'), { found: /instances|not on Linux/ });
});

t.test('an engine that refuses is told once, by its own words', async t => {
  const path = programs(t, { docker: 'exit 1' });
  const findings = await kindDoctor({
    window: windowOf('1.8'),
    cache: t.testdirName,
    path,
    offline: true,
    connect: () => Promise.reject(new Error('no socket')),
    signal,
  });
  t.same(
    findings.filter(({ ok }) => !ok).map(({ subject, found }) => [subject, found]),
    [
      ['engine', 'no socket'],
      ['kind', 'not on PATH, nor in the cache'],
      ['kubectl', 'not on PATH, nor in the cache'],
      ['istioctl', 'not on PATH, nor in the cache'],
    ].concat(
      findings
        .filter(({ subject, ok }) => !ok && /disk|inotify|conntrack/.test(subject))
        .map(({ subject, found }) => [subject, found]),
    ),
  );
  t.ok(
    findings.every(({ ok, fix }) => ok || (fix ?? '') !== ''),
    'each with what to do',
  );
});

t.test('what the engine says goes through to the findings', async t => {
  const path = programs(t, { docker: 'echo ABCD' });
  const engine = {
    info: async () => ({
      id: 'ABCD',
      version: '28.2.2',
      operatingSystem: 'Debian',
      cpus: 4,
      memoryBytes: 2 ** 33,
      isRootless: false,
      cgroupVersion: '1',
      platform: 'linux/amd64',
      keepsPlatforms: false,
      kind: 'docker',
    }),
    networks: async () => [{ name: 'bridge', subnets: ['172.17.0.0/16'], labels: {}, containers: [] }],
  } as unknown as Engine; // the part that a doctor asks
  const findings = await kindDoctor({
    window: windowOf('current'),
    cache: t.testdirName,
    path,
    offline: false,
    connect: async () => engine,
    signal,
  });
  t.match(
    findings.filter(({ subject }) =>
      ['engine', 'docker command', 'addresses', 'machine', 'cgroup', 'capabilities'].includes(subject),
    ),
    [
      { subject: 'engine', ok: true, found: 'Docker 28.2.2' },
      { subject: 'machine', ok: true },
      // By the Kubernetes of the edition's own node image.
      { subject: 'cgroup', ok: true, found: /^v1, which Kubernetes up to 1\.34/ },
      { subject: 'capabilities' },
      { subject: 'docker command', ok: true },
      { subject: 'addresses', ok: true, found: /free for networks: \d+\./ },
    ],
  );
});

t.test('the node image: named, looked for, and what hangs on its Kubernetes', async t => {
  const path = programs(t, { docker: 'echo ABCD', kubectl: `echo '{"gitVersion":"v1.34.1"}'` });
  const pinned = windowOf('current').nodeImage;
  const [byTag = ''] = pinned.split('@');
  /** An engine with some images, each with what its /kind/version says. */
  const engineWith = (images: Readonly<Record<string, string | undefined>>) =>
    ({
      info: async () => ({ id: 'ABCD', version: '28.2.2', cpus: 4, memoryBytes: 2 ** 33, kind: 'docker' }),
      networks: async () => [],
      containers: async () => [],
      hasImage: async (reference: string) => Object.hasOwn(images, reference),
      fileInImage: async (reference: string) => images[reference],
    }) as unknown as Engine; // the part that a doctor asks
  const ask = async (images: Readonly<Record<string, string | undefined>>, more = {}) => {
    const findings = await kindDoctor({
      window: windowOf('current'),
      cache: t.testdirName,
      path,
      offline: false,
      connect: async () => engineWith(images),
      signal,
      ...more,
    });
    return (subject: string) => findings.find(finding => finding.subject === subject);
  };
  const subject = 'node image';
  t.match((await ask({ [pinned]: 'v1.34.0' }))(subject), {
    ok: true,
    found: `${pinned} is here (Kubernetes v1.34.0)`,
  });
  t.match((await ask({ [byTag]: 'v1.34.0\n' }))(subject), {
    ok: true,
    found: `${byTag} is here (Kubernetes v1.34.0), by its tag alone`,
  });
  t.match((await ask({}))(subject), {
    ok: true,
    found: `${pinned} is not here; it is pulled at the first run`,
  });
  t.match((await ask({}, { offline: true }))(subject), {
    ok: false,
    found: `${pinned} is not here`,
    fix: /docker load.*images save.*--bundle/,
  });
  const own = { nodeImage: 'hub.example/node:mine' };
  const newer = await ask({ 'hub.example/node:mine': 'v1.36.2' }, own);
  t.match(newer(subject), { ok: true, found: 'hub.example/node:mine is here (Kubernetes v1.36.2)' });
  t.match(newer('kubectl'), { found: /^not 1\.36, or a minor version beside it; v1\.36\.2 is fetched/ });
  t.match((await ask({ 'hub.example/node:mine': 'v1.30.1' }, own))(subject), {
    ok: false,
    found: /Istio 1\.30\.3 needs Kubernetes 1\.32 to 1\.36; this is v1\.30\.1/,
  });
  t.match((await ask({ 'hub.example/node:mine': undefined }, own))(subject), {
    ok: false,
    found: 'hub.example/node:mine is no node image of kind: it has no /kind/version.',
    fix: /--node-image names one/,
  });
});

t.test('addresses: what Docker and this machine leave free', async t => {
  const everything = ['10.0.0.0/8', '172.16.0.0/12'].flatMap(text => parseCidrOrAddress(text) ?? []);
  t.match(addressFinding([], []), {
    ok: true,
    found: 'free for networks: 172.30.0.0/24, 172.30.1.0/24, 172.30.2.0/24',
  });
  t.match(addressFinding([{ subnets: ['172.30.0.0/16', 'fd00::/8'] }], []), {
    ok: true,
    found: /: 172\.29\.0\.0\/24/,
  });
  t.match(addressFinding([], everything), {
    ok: false,
    found: 'free for networks: none',
    fix: /docker network prune.*VPN/,
  });
});

t.test('existing: each cluster that is named, and the programs', async t => {
  const topology = twoClusters(['network1', 'network2']);
  await using world = await existingWorld(topology, { folder: t.testdir() });
  t.match(await world.platform().doctor(signal), [
    { subject: 'cluster1 (ctx-cluster1)', ok: true, found: /^Kubernetes v1\.34/ },
    { subject: 'cluster2 (ctx-cluster2)', ok: true },
  ]);
  t.match(await world.platform({ variables: {}, contexts: [] }).doctor(signal), [
    { subject: 'contexts', ok: false, fix: /--context cluster1=CONTEXT.*CTX_CLUSTER1/ },
  ]);
});

t.test('the command: a line for each finding, what to do below it, and the exit code', async t => {
  using folder = temporaryFolder();
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
  t.teardown(() => silent.close());
  const { port } = silent.address() as { port: number }; // of a TCP server that listens
  const kubeconfig = join(folder.path, 'kubeconfig');
  const user = '{ name: c, user: {} }';
  writeFileSync(
    kubeconfig,
    `clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:${port}' } }]\nusers: [${user}]\ncontexts: [{ name: c, context: { cluster: c, user: c } }]\n`,
  );
  const bin = programs(t, { kubectl: `echo '{"clientVersion":{"gitVersion":"v1.34.1"}}'` });
  const env = {
    KUBECONFIG: kubeconfig,
    CTX_CLUSTER1: 'c',
    PATH: bin,
    MESH_HARNESS_CACHE: join(folder.path, 'cache'),
  };
  const { code, stdout } = await runCli(['doctor', '--platform', 'existing', '--offline'], folder.path, env);
  t.equal(code, 3);
  t.match(stdout, /^✗ cluster1 \(c\) +no answer within 4 s\n +Does kubectl --context c get nodes work\?\n/);
  t.match(stdout, /^✓ kubectl +v1\.34\.1 /m);
  t.match(
    stdout,
    /^✗ istioctl +not on PATH, nor in the cache\n +Install istioctl 1\.30, or leave --offline out/m,
  );
  t.match(await runCli(['doctor', '--platform', 'simulator'], folder.path), {
    code: 0,
    stdout: /^✓ simulator +runs inside/,
  });
});
