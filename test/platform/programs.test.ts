/**
 * kind, kubectl and istioctl: found, or fetched once from a mirror on loopback, checked, kept, and used; from
 * the flags of the command line on.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askAll } from '../../harness/platform/ask-all.ts';
import { sourceOf } from '../../harness/platform/program-downloads.ts';
import { programQuestions } from '../../harness/platform/program-questions.ts';
import {
  type FoundProgram,
  findIstio,
  findKind,
  findKubectl,
  type ProgramOptions,
} from '../../harness/platform/programs.ts';
import { windowOf } from '../../harness/platform/versions.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { ROOT, runCli, startCli } from '../support/cli.ts';
import { endOnceKept } from '../support/end-once-kept.ts';
import { contents, contextVariables, existingWorld } from '../support/existing-world.ts';

const WINDOW = windowOf('current');
const KUBECTL = WINDOW.nodeVersion;
const signal = new AbortController().signal;

/** Programs that tell their version, and where they lie, on standard error; nothing else do they do. */
const script = (answer: string) =>
  `#!/bin/sh\necho "$0 $*" >> "\${CALLS:-/dev/null}"\ncase "$1" in version) echo '${answer}';; *) echo refused by the stand-in >&2; exit 1;; esac\n`;
const SCRIPTS = {
  kind: script('0.33.0'),
  kubectl: script(`{"clientVersion":{"gitVersion":"${KUBECTL}"}}`),
  istioctl: script(WINDOW.istio),
};

/** The release as the project packs it. */
function archive(folder: string): Buffer {
  const release = join(folder, `istio-${WINDOW.istio}`);
  mkdirSync(join(release, 'bin'), { recursive: true });
  writeFileSync(join(release, 'bin', 'istioctl'), SCRIPTS.istioctl);
  chmodSync(join(release, 'bin', 'istioctl'), 0o755);
  cpSync(join(ROOT, 'fixtures', 'samples', 'current'), join(release, 'samples'), { recursive: true });
  return execFileSync('tar', ['-czf', '-', '-C', folder, `istio-${WINDOW.istio}`], { maxBuffer: 2 ** 26 });
}

interface Mirror {
  readonly url: string;
  readonly requests: string[];
  /** Path → what goes wrong with it. */
  readonly faults: Map<string, 'wrong checksum' | 'cut off' | 'missing'>;
}

async function mirror(t: Test, folder: string, cache: string): Promise<Mirror> {
  const here = (name: 'kind' | 'kubectl' | 'istio', version: string) =>
    new URL(sourceOf(name, version, 'http://mirror').url).pathname;
  const files = new Map([
    [here('kind', 'v0.33.0'), Buffer.from(SCRIPTS.kind)],
    [here('kubectl', KUBECTL), Buffer.from(SCRIPTS.kubectl)],
    [here('istio', WINDOW.istio), archive(folder)],
  ]);
  const requests: string[] = [];
  const faults: Mirror['faults'] = new Map();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const range = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    requests.push(range > 0 ? `${path} from ${range}` : path);
    const checksumOf = path.replace(/\.sha256(sum)?$/, '');
    const file = files.get(checksumOf);
    const fault = [...faults].find(([name]) => checksumOf.includes(name))?.[1];
    if (!file || fault === 'missing') {
      response.writeHead(404).end();
    } else if (checksumOf !== path) {
      const digest = createHash('sha256')
        .update(fault === 'wrong checksum' ? 'x' : file)
        .digest('hex');
      response.end(`${digest}  ${path.split('/').at(-1)}\n`);
    } else if (range > 0) {
      response.writeHead(206, { 'content-range': `bytes ${range}-${file.length - 1}/${file.length}` });
      response.end(file.subarray(range));
    } else if (fault === 'cut off') {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 40));
      endOnceKept(t, { folder: cache, bytes: 40, end: () => response.socket?.end() });
    } else {
      response.end(file);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  // It listens on TCP.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, faults };
}

type Find = (options: ProgramOptions) => Promise<FoundProgram>;
const FINDERS: readonly (readonly [string, Find])[] = [
  ['kind', (options: ProgramOptions) => findKind(WINDOW, options)],
  ['kubectl', options => findKubectl(KUBECTL, options)],
  ['istio', options => findIstio(WINDOW, options)],
];
const partsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
        /part|unpacking|\.gz$/.test(name),
      )
    : [];

for (const [name, find] of FINDERS) {
  t.test(`${name}: fetched once, then taken from the cache`, async t => {
    const folder = t.testdir();
    const cache = join(folder, 'cache');
    const { url, requests, faults } = await mirror(t, join(folder, 'packed'), cache);
    const options = { cache, mirror: `${url}/`, offline: false, path: '', signal };

    await t.rejects(find({ ...options, offline: true }), {
      code: 'ERR_PLATFORM_NOT_READY',
      message: /neither on PATH nor in the cache, and --offline fetches nothing/,
    });
    t.same(requests, [], 'offline: nothing is asked for');

    faults.set(name, 'missing');
    await t.rejects(find(options), { code: 'ERR_TOOL', message: /answered 404/, hint: /--mirror/ });
    faults.set(name, 'wrong checksum');
    await t.rejects(find(options), { code: 'ERR_TOOL', message: /is not what its checksum says/ });
    await t.rejects(
      find({ ...options, offline: true }),
      { code: 'ERR_PLATFORM_NOT_READY' },
      'nothing was kept',
    );
    t.same(partsIn(cache), []);

    faults.set(name, 'cut off');
    requests.length = 0;
    const found = await find(options);
    t.match(requests.at(-1), / from 40$/, 'cut off: it goes on where it ended');
    t.ok(found.file.startsWith(cache), found.file);
    t.same(partsIn(cache), [], 'no part and no archive is left');

    requests.length = 0;
    t.same(await find({ ...options, offline: true }), found, 'the same, without a network');
    t.same(requests, []);
  });
}

t.test('what is on PATH is taken where its version fits', async t => {
  const folder = t.testdir();
  const { url, requests } = await mirror(t, join(folder, 'packed'), join(folder, 'cache'));
  const path = join(folder, 'bin');
  mkdirSync(path);
  const options = { cache: join(folder, 'cache'), mirror: url, offline: false, path, signal };
  const put = (name: string, text: string) => {
    writeFileSync(join(path, name), text);
    chmodSync(join(path, name), 0o755);
  };
  for (const [name, find, good, old] of [
    ['kind', (given: ProgramOptions) => findKind(WINDOW, given), 'kind 0.27.0', '0.26.0'],
    [
      'kubectl',
      (given: ProgramOptions) => findKubectl(KUBECTL, given),
      '{"gitVersion":"v1.33.2"}',
      '{"gitVersion":"v1.29.0"}',
    ],
  ] as const) {
    put(name, script(good));
    requests.length = 0;
    t.equal((await find(options)).file, join(path, name), `${name}: ${good}`);
    t.same(requests, []);
    put(name, script(old));
    t.ok((await find(options)).file.startsWith(options.cache), `${name}: ${old} is too old`);
    put(name, '#!/bin/sh\nexit 1\n');
    t.ok((await find(options)).file.startsWith(options.cache), `${name}: one that does not run`);
  }
  const release = join(folder, 'packed', `istio-${WINDOW.istio}`);
  const inRelease = { ...options, path: join(release, 'bin') };
  t.match(await findIstio(WINDOW, inRelease), { folder: release }, 'a release whose bin folder is on PATH');
  t.match(await findIstio(WINDOW, { ...inRelease, istioVersion: WINDOW.istio }), { folder: release });
  await t.rejects(
    findIstio({ ...WINDOW, istio: '1.30.9' }, { ...inRelease, istioVersion: '1.30.9', offline: true }),
    { message: /There is no istioctl 1\.30\.9 with its release/ },
    'another release of its line is not what was asked for',
  );
  t.match(await findIstio(WINDOW, { ...options, istioFolder: release }), { folder: release }, '--istio-dir');
  await t.rejects(findIstio(WINDOW, { ...options, istioFolder: path }), {
    message: /is no unpacked Istio release/,
  });
  await t.rejects(findIstio(windowOf('1.8'), { ...options, istioFolder: release }), {
    code: 'ERR_PLATFORM_NOT_READY',
    message: /Istio 1\.30\.3 goes with edition current, not with 1\.8/,
    hint: /Leave --edition out.*Edition 1\.8 takes Istio 1\.8\.$/,
  });
});

t.test(
  '--istio-dir: a build between releases is taken, one without a version is told from no release',
  async t => {
    const folder = t.testdir({ bin: {}, samples: {} });
    const file = join(folder, 'bin', 'istioctl');
    const says = (answer: string) => {
      writeFileSync(file, script(answer));
      chmodSync(file, 0o755);
    };
    const told: string[] = [];
    const options = {
      cache: join(folder, 'cache'),
      offline: true,
      path: '',
      istioFolder: folder,
      signal,
      onProgress: (message: string) => void told.push(message),
    };
    const findings = async () => await askAll(programQuestions(['istioctl'], WINDOW, options), { signal });
    // The first build of real-kind-2026-11 said `1.31-rig` (D8).
    for (const version of ['1.31-alpha.0f3a2b', '1.31-rig', '1.31-dev']) {
      says(`client version: ${version}`);
      t.match(await findIstio(WINDOW, options), { version, folder });
      t.equal(told.at(-1), `istioctl says ${version}: taken as Istio 1.31`);
      t.match(await findings(), [{ ok: true, found: `${version}, taken as Istio 1.31 (${file})` }]);
    }
    told.length = 0;
    says('client version: 1.31.2');
    t.match(await findIstio(WINDOW, options), { version: '1.31.2' });
    t.same(told, [], 'a release needs no remark');
    says('client version: unknown');
    const problem = `${file} says "client version: unknown": no version in it`;
    await t.rejects(findIstio(WINDOW, options), { code: 'ERR_PLATFORM_NOT_READY', message: `${problem}.` });
    t.match(await findings(), [{ ok: false, found: problem }]);
    says('client version: 1.12-dev');
    await t.rejects(findIstio(WINDOW, options), { message: /Istio 1\.12-dev goes with no edition/ });
    rmSync(file);
    await t.rejects(findIstio(WINDOW, options), {
      message: /is no unpacked Istio release: no bin\/istioctl\.$/,
    });
  },
);

t.test('addresses of the projects, for each system', async t => {
  for (const [name, version, system, expected] of [
    [
      'kind',
      'v0.33.0',
      { platform: 'linux', arch: 'x64' },
      'https://github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-linux-amd64',
    ],
    [
      'kubectl',
      'v1.34.0',
      { platform: 'darwin', arch: 'arm64' },
      'https://dl.k8s.io/release/v1.34.0/bin/darwin/arm64/kubectl',
    ],
    [
      'istio',
      '1.30.3',
      { platform: 'darwin', arch: 'arm64' },
      'https://github.com/istio/istio/releases/download/1.30.3/istio-1.30.3-osx-arm64.tar.gz',
    ],
    [
      'istio',
      '1.8.0',
      { platform: 'darwin', arch: 'arm64' },
      'https://github.com/istio/istio/releases/download/1.8.0/istio-1.8.0-osx.tar.gz',
    ],
    [
      'istio',
      '1.8.0',
      { platform: 'linux', arch: 'x64' },
      'https://github.com/istio/istio/releases/download/1.8.0/istio-1.8.0-linux-amd64.tar.gz',
    ],
  ] as const) {
    t.equal(sourceOf(name, version, undefined, system).url, expected);
  }
});

t.test('from --mirror to the programs of a run', { timeout: 120_000 }, async t => {
  const folder = t.testdir();
  const { url, requests } = await mirror(t, join(folder, 'packed'), join(folder, 'cache'));
  const { topology } = await loadScenario('multi-primary', { folder: join(ROOT, 'scenarios') });
  // Not marked as simulated: then real programs do the work.
  await using world = await existingWorld(topology, { folder: join(folder, 'world'), isMarked: false });
  const before = await contents(world.clients);
  const cache = join(folder, 'cache');
  const calls = join(folder, 'calls');
  const env = {
    ...contextVariables(topology),
    KUBECONFIG: world.kubeconfig,
    MESH_HARNESS_STATE: world.state,
    MESH_HARNESS_CACHE: cache,
    CALLS: calls,
  };
  const servers = [...world.world.clusters].flatMap(([name, { apiServer }]) => [
    '--api-server',
    `${name}=https://${apiServer.address}:${apiServer.port}`,
  ]);
  const argv = [
    'run',
    'multi-primary',
    '--platform',
    'existing',
    ...servers,
    '--report-dir',
    join(folder, 'report'),
  ];
  // Without our own kubectl: the one that fits this Kubernetes is not this machine's.
  const PATH =
    process.env['PATH']
      ?.split(':')
      .filter(part => !existsSync(join(part, 'kubectl')) || existsSync(join(part, 'tar')))
      .join(':') ?? '';
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'kubectl'), script('{"gitVersion":"v1.10.0"}'));
  chmodSync(join(bin, 'kubectl'), 0o755);
  const shortOf = { ...env, PATH: `${bin}:${PATH}` };
  const offline = await runCli([...argv, '--offline'], folder, shortOf);
  t.match(offline, {
    code: 3,
    stdout: /neither on PATH nor in the cache, and --offline fetches nothing/,
  });
  t.same(requests, []);
  const wanted = await runCli([...argv, '--mirror', url], folder, shortOf);
  // The simulated clusters are of another patch release than the one that the mirror has.
  t.match(wanted, { code: 3, stdout: /kubectl\/v1\.32\.\d+\/kubectl-\w+-\w+.* answered 404/ }, wanted.stderr);
  writeFileSync(join(bin, 'kubectl'), script('{"gitVersion":"v1.33.0"}'));
  let isEnded = false;
  const { stderr, code } = await startCli([...argv, '--mirror', url], {
    cwd: folder,
    env: shortOf,
    onStderr: (text, child) => {
      // The stand-ins have refused the first steps: what the checks would wait for is not awaited.
      if (!isEnded && /deploy-curl, which has not been done/.test(text)) isEnded = child.kill('SIGINT');
    },
  }).ended;
  t.equal(code, 130);
  t.match(wanted.stderr + stderr, /fetching Istio 1\.30\.3/);
  const lines = readFileSync(calls, 'utf8').split('\n');
  t.ok(
    lines.some(line => line.startsWith(`${join(cache, 'istio', 'istio-1.30.3', 'bin', 'istioctl')} version`)),
    'the fetched istioctl is asked',
  );
  t.ok(
    lines.some(line =>
      /bin\/kubectl --context=cluster1 create namespace --field-manager mesh-harness-\w+ istio-system/.test(
        line,
      ),
    ),
    'kubectl runs the plan',
  );
  t.strictSame(await contents(world.clients), before, 'and the clusters are as they were');
});
