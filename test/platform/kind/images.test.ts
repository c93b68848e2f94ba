/**
 * Where nodes get images from: the list that is rendered, the cache that outlives runs, archives, and
 * credentials for private registries.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { clean } from '../../../harness/platform/clean.ts';
import { imagesOf, registryOf } from '../../../harness/platform/image-list.ts';
import { kindConfig } from '../../../harness/platform/kind/cluster-config.ts';
import { connectEngine } from '../../../harness/platform/kind/engine/connect.ts';
import { cacheName, hostsFile, startCache } from '../../../harness/platform/kind/image-cache.ts';
import { pullImages, takingPods } from '../../../harness/platform/kind/preload.ts';
import { prepareRegistryConfig, readCredentials } from '../../../harness/platform/kind/registry-config.ts';
import { docker, testEngine, testImage } from '../../support/docker.ts';
import { kindWorld } from '../../support/kind-world.ts';
import { NODE_FILES, nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;
const signal = new AbortController().signal;
const topology = twoClusters(['network1', 'network1']);
const CREDENTIALS = 'dXNlcjpzZWNyZXQtd29yZA==';
/** As logins with an identity token leave it. */
const NO_PASSWORD = Buffer.from('00000000-0000-0000-0000-000000000000:').toString('base64');

t.test('the list holds what manifests name, and what injection adds', async t => {
  const deployment = {
    spec: { template: { spec: { containers: [{ image: 'hub.example/pilot:1' }, { image: 'auto' }] } } },
  };
  const injector = (values: unknown) => ({
    kind: 'ConfigMap',
    metadata: { name: 'istio-sidecar-injector' },
    data: { values: JSON.stringify(values) },
  });
  const rows: readonly (readonly [string, readonly unknown[], readonly string[]])[] = [
    ['a workload', [deployment], ['hub.example/pilot:1']],
    [
      'the proxy of the hub',
      [deployment, injector({ global: { hub: 'hub.example', tag: '1.30.3', proxy: { image: 'proxyv2' } } })],
      ['hub.example/pilot:1', 'hub.example/proxyv2:1.30.3'],
    ],
    [
      'a variant',
      [injector({ global: { hub: 'h', tag: '1', variant: 'distroless', proxy: { image: 'proxyv2' } } })],
      ['h/proxyv2:1-distroless'],
    ],
    [
      'a proxy of its own',
      [injector({ global: { hub: 'h', tag: '1', proxy: { image: 'x.example/p:2' } } })],
      ['x.example/p:2'],
    ],
    ['nothing', [{}, null], []],
  ];
  for (const [name, documents, expected] of rows) {
    t.same(imagesOf([documents.map(each => JSON.stringify(each)).join('\n---\n')]), expected, name);
  }
});

t.test('a registry is the first part of a name, or Docker Hub', async t => {
  for (const [image, registry] of [
    ['curlimages/curl', 'docker.io'],
    ['docker.io/istio/examples-helloworld-v1', 'docker.io'],
    ['registry.istio.io/release/pilot:1.30.3', 'registry.istio.io'],
    ['localhost/a:1', 'localhost'],
    ['my-registry:5000/a', 'my-registry:5000'],
    ['busybox', 'docker.io'],
  ] as const) {
    t.equal(registryOf(image), registry, image);
  }
  t.match(hostsFile('docker.io'), 'server = "https://registry-1.docker.io"');
  t.match(hostsFile('docker.io'), `[host."http://${cacheName('docker.io')}:5000"]`);
});

t.test('the node image of 1.21 is told where mirrors are, a later one knows', async t => {
  const [spec] = topology.clusters;
  if (!spec) throw new Error('no cluster');
  const config = (needsMirrorPatch: boolean, more = {}) =>
    load(
      kindConfig({
        name: 'mh-x-cluster1',
        spec: { ...spec, nodes: 2 },
        nodeImage: 'kindest/node:v1@sha256:0',
        transitAddresses: [],
        mirrors: '/state/certs.d',
        needsMirrorPatch,
        ...more,
      }),
    );
  const mirrors = { hostPath: '/state/certs.d', containerPath: '/etc/containerd/certs.d', readOnly: true };
  const credentials = {
    hostPath: '/state/c.json',
    containerPath: '/var/lib/kubelet/config.json',
    readOnly: true,
  };
  t.match(config(false), {
    nodes: [
      { role: 'control-plane', extraMounts: [mirrors] },
      { role: 'worker', extraMounts: [mirrors] },
    ],
  });
  t.notMatch(config(false), { containerdConfigPatches: Array });
  t.match(config(true), { containerdConfigPatches: [/config_path = "\/etc\/containerd\/certs\.d"/] });
  t.match(config(false, { spec: { ...spec, nodes: 2, region: 'eu', zones: ['a', 'b'] } }), {
    nodes: ['a', 'b'].map(zone => ({
      labels: { 'topology.kubernetes.io/region': 'eu', 'topology.kubernetes.io/zone': zone },
    })),
  });
  t.match(config(false, { registryConfig: '/state/c.json' }), {
    nodes: [{ extraMounts: [mirrors, credentials] }],
  });
});

t.test('pods go to workers where there are any', async t => {
  const node = (container: string, cluster: string, isControlPlane: boolean) => ({
    container,
    cluster,
    isControlPlane,
  });
  const nodes = [node('a', 'cluster1', true), node('b', 'cluster1', false), node('c', 'cluster2', true)];
  // Only these three properties are looked at.
  t.same(
    takingPods(nodes as unknown as Parameters<typeof takingPods>[0]).map(({ container }) => container),
    ['b', 'c'],
  );
});

t.test('credentials are taken from a file that holds them, and nothing else of it', async t => {
  const folder = t.testdir({
    'config.json': JSON.stringify({
      auths: {
        'https://index.docker.io/v1/': { auth: CREDENTIALS },
        'hub.example': { auth: CREDENTIALS },
        'plain.example': { username: 'user', password: 'word' },
        'token.example': { auth: NO_PASSWORD, identitytoken: 'abc' },
        'broken.example': { auth: 'bm90aGluZw==' },
        empty: {},
      },
      proxies: { default: { httpProxy: 'http://user:word@proxy' } },
    }),
    'helper.json': JSON.stringify({ auths: { 'hub.example': {} }, credsStore: 'desktop' }),
    'token.json': JSON.stringify({ auths: { 'token.example': { auth: NO_PASSWORD, identitytoken: 'abc' } } }),
    'broken.json': '{"auth": "secret"',
    'null.json': 'null',
    'entry.json': '{"auths": {"hub.example": null}}',
  });
  const { file, registries, ignored } = prepareRegistryConfig(join(folder, 'config.json'), folder);
  t.same([...registries], ['docker.io', 'hub.example', 'plain.example']);
  t.same(ignored, ['token.example', 'broken.example'], 'what would keep a kubelet from reading any');
  t.equal(statSync(file).mode & 0o077, 0, 'for the owner only');
  t.notMatch(readFileSync(file, 'utf8'), /proxy|token|broken/);
  t.throws(() => readCredentials(join(folder, 'token.json')), {
    message: /holds no credentials/,
    hint: /user and a password.*token\.example/,
  });
  for (const [name, message] of [
    ['helper.json', /holds no credentials/],
    ['broken.json', /cannot be read as a configuration of Docker: it is no JSON$/],
    ['null.json', /another shape/],
    ['entry.json', /another shape/],
    ['nowhere.json', /cannot be read/],
  ] as const) {
    t.throws(() => readCredentials(join(folder, name)), { code: 'ERR_USAGE', message }, name);
  }
});

const IDLE_IMAGE = 'mesh-harness-test-cache:1';

/** A program that does nothing for long, in the place of the registry: what it serves is not looked at. */
function idleImage(): string {
  docker('rm', '-f', 'mesh-harness-idle');
  docker('create', '--name', 'mesh-harness-idle', testImage(NODE_FILES), '/bin/sleep', '10000');
  docker('commit', 'mesh-harness-idle', IDLE_IMAGE);
  docker('rm', 'mesh-harness-idle');
  return IDLE_IMAGE;
}

const ownCache = skip === false && docker('ps', '-aq', '--filter', 'label=mesh-harness.cache') !== '';

t.test(
  'a run brings a cache for each registry, pulls what was rendered, and leaves the cache behind',
  { skip: skip || (ownCache && 'this machine has a cache already, which the test would remove') },
  async t => {
    const archived = 'registry.istio.io/release/examples-helloworld-v2:1.0';
    const folder = t.testdir({ 'images.tar': `${archived}\n` });
    await using world = await kindWorld(folder, topology);
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ auths: { 'private.example': { auth: CREDENTIALS } } }));
    const cleaning = {
      state: join(folder, 'state'),
      clock: systemClock,
      connect: connectEngine,
      cache: true,
    };
    t.teardown(async () => {
      await clean(cleaning);
      docker('rmi', '-f', IDLE_IMAGE);
    });
    const platform = world.platform('kpi', {
      noCache: false,
      cacheImage: idleImage(),
      registryConfig: config,
      imageArchives: [join(folder, 'images.tar'), join(folder, 'images.tar')],
      set: ['values.global.hub=private.example/istio'],
    });
    platform.check(topology);
    const started = await platform.start(topology, signal);
    try {
      const caches = docker('ps', '--filter', 'label=mesh-harness.cache', '--format', '{{.Names}}')
        .split('\n')
        .sort();
      t.same(
        caches,
        ['mesh-harness-cache-docker-io', 'mesh-harness-cache-registry-istio-io'],
        'none for the private one',
      );
      t.match(
        docker('network', 'inspect', '--format', '{{range .Containers}}{{.Name}} {{end}}', 'mh-kpi-network1'),
        caches[0],
      );
      const node = 'mh-kpi-cluster2-control-plane';
      t.match(
        docker('exec', node, 'cat', '/etc/containerd/certs.d/docker.io/hosts.toml'),
        cacheName('docker.io'),
      );
      t.same(JSON.parse(docker('exec', node, 'cat', '/var/lib/kubelet/config.json')), {
        auths: { 'private.example': { auth: CREDENTIALS } },
      });
      t.same(docker('exec', node, 'cat', '/tmp/crictl').split('\n').sort(), [
        'pull docker.io/curlimages/curl:8.16.0',
        'pull registry.istio.io/release/examples-helloworld-v1:1.0',
        // Not what an archive has brought: without a network a pull fails even for that.
      ]);
      const loads = world.hub.calls
        .filter(({ argv }) => argv[0] === 'load')
        .map(({ argv }) => argv.slice(0, 2).join(' '));
      t.same(loads, Array(4).fill('load image-archive'), 'each archive by itself, for each cluster');
      t.match(started.stays?.join('\n'), /mesh-harness-cache-docker-io.*mesh-harness clean --cache/);
      await started.collectDiagnostics(join(folder, 'bundle'));
      const written = readdirSync(join(folder, 'bundle'), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8'));
      t.ok(written.length > 10);
      t.notOk(
        written.some(text => text.includes(CREDENTIALS)),
        'no credentials are in what is written for people',
      );
    } finally {
      await started[Symbol.asyncDispose]();
    }
    t.match(docker('ps', '--format', '{{.Names}}'), 'mesh-harness-cache-docker-io', 'it outlives the run');
    t.same((await clean(cleaning)).failures, []);
    t.equal(docker('ps', '-aq', '--filter', 'label=mesh-harness.cache'), '');
    t.equal(
      docker('volume', 'ls', '-q', '--filter', 'label=mesh-harness.cache'),
      '',
      'and its volumes go with it',
    );
  },
);

t.test(
  'the cache reaches registries by the proxies of the user, and is started anew for other ones (D2b)',
  { skip: skip || (ownCache && 'this machine has a cache already, which the test would remove') },
  async t => {
    const engine = await testEngine();
    const cleaning = {
      state: join(t.testdir(), 'state'),
      clock: systemClock,
      connect: connectEngine,
      cache: true,
    };
    t.teardown(async () => {
      await clean(cleaning);
      docker('rmi', '-f', IDLE_IMAGE);
    });
    const image = idleImage();
    const name = cacheName('docker.io');
    const startWith = async (env: Readonly<Record<string, string>>) => {
      const options = {
        image,
        registries: ['docker.io'],
        folder: join(t.testdirName, 'certs'),
        offline: false,
      };
      await startCache(engine, { ...options, env, onTrouble: message => t.fail(message) });
      return docker('inspect', '-f', '{{.Id}} {{.Config.Env}}', name).split(' [');
    };
    const [first, none] = await startWith({});
    t.notMatch(none, /PROXY=http/i);
    const [second, env] = await startWith({ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://p:1' });
    t.match(env, /HTTPS_PROXY=http:\/\/p:1 .*https_proxy=http:\/\/p:1/);
    t.match(env, /REGISTRY_PROXY_REMOTEURL=https:\/\/registry-1\.docker\.io/);
    t.not(second, first);
    t.equal(
      (await startWith({ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://p:1' }))[0],
      second,
      'the same: it stays',
    );
    t.not((await startWith({}))[0], second, 'none any more');
  },
);

t.test('an image that cannot be had ends the start with the line to paste', { skip }, async t => {
  const folder = t.testdir();
  await using world = await kindWorld(folder, topology);
  const platform = world.platform('kpj', { hub: 'nowhere.invalid/istio', tag: '1.30.3' });
  await t.rejects(platform.start(topology, signal), {
    code: 'ERR_PLATFORM_NOT_READY',
    message:
      /The image nowhere\.invalid\/istio\/\S+ cannot be pulled: docker exec mh-kpj-cluster\d-control-plane crictl pull nowhere\.invalid\S+ ended with exit code 1: .*NotFound/,
  });
});

t.test('a pull that does not end is told, and an interruption does not wait for it', { skip }, async t => {
  const engine = await testEngine();
  const container = 'mh-kpk-cluster1-control-plane';
  docker('run', '-d', '--name', container, testImage(NODE_FILES), 'sleep', '1000');
  t.teardown(() => void docker('rm', '-f', '-v', container));
  // Only these properties are looked at.
  const nodes = [{ container, cluster: 'cluster1', isControlPlane: true }] as unknown as Parameters<
    typeof pullImages
  >[1];
  const wanted = { images: ['slow.invalid/a:1'], privateRegistries: new Set<string>() };
  await t.rejects(pullImages(engine, nodes, { ...wanted, signal, pullMs: 500 }), {
    message:
      /docker exec mh-kpk-cluster1-control-plane crictl pull slow\.invalid\/a:1 did not end within 0\.5 s/,
  });
  const controller = new AbortController();
  const pulling = pullImages(engine, nodes, { ...wanted, signal: controller.signal });
  controller.abort(new Error('interrupted'));
  await t.rejects(pulling, { message: 'interrupted' });
});
