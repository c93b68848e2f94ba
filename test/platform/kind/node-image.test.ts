/**
 * The image of the nodes: found by its digest or its tag, its Kubernetes read out of it, and what hangs on that.
 * On a real engine; nothing is pulled.
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { HarnessError } from '../../../harness/base/errors.ts';
import { findNodeImage, nodeVersion, windowWithNode } from '../../../harness/platform/kind/node-image.ts';
import { windowOf } from '../../../harness/platform/versions.ts';
import { docker, dockerMissing, testEngine, testImage } from '../../support/docker.ts';
import { kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = dockerMissing() ?? false;
const signal = new AbortController().signal;
const CURRENT = windowOf('current');
const DIGEST = `sha256:${'0'.repeat(64)}`;

/** An image with this in /kind/version. */
const imageWith = (version: string) => testImage({ 'kind/version': `${version}\n` });
const looks = () => docker('ps', '-aq', '--filter', 'label=mesh-harness.look');

t.test('its Kubernetes is read out of it, and no container is left', { skip }, async t => {
  const engine = await testEngine();
  const image = imageWith('v1.33.4');
  const before = looks();
  t.equal(await nodeVersion(engine, image), 'v1.33.4');
  t.same(await findNodeImage(engine, CURRENT, image), {
    reference: image,
    version: 'v1.33.4',
    isHere: true,
  });
  for (const [what, other, message] of [
    ['no node', testImage(), /is no node image of kind: it has no \/kind\/version/],
    ['another thing', imageWith('latest'), /it has no version in \/kind\/version/],
  ] as const)
    await t.rejects(
      findNodeImage(engine, CURRENT, other),
      { code: 'ERR_PLATFORM_NOT_READY', message, hint: /kindest\/node:TAG/ },
      what,
    );
  t.equal(looks(), before, 'also after a refusal');
});

t.test('what a killed process has left in the middle of a look goes with the next', { skip }, async t => {
  const image = imageWith('v1.33.4');
  const create = (value: string) =>
    docker('create', '--label', `mesh-harness.look=${value}`, image, 'true').slice(0, 12);
  // 2^22 is more than any process has as its number.
  const [dead, living, elsewhere] = [
    `${hostname()}.4194305`,
    `${hostname()}.${process.pid}`,
    'elsewhere.4194305',
  ].map(create);
  t.teardown(() => void docker('rm', '-f', ...[living, elsewhere].map(String)));
  await nodeVersion(await testEngine(), image);
  const left = looks().split('\n');
  t.notOk(left.includes(dead ?? ''));
  t.ok([living, elsewhere].every(id => left.includes(id ?? '')));
});

t.test('a tag serves where the digest is not here, and it is said', { skip }, async t => {
  // What `docker load` brings has no digest: real-kind-2026-11 D3.
  const engine = await testEngine();
  const image = imageWith('v1.34.0');
  const asked = `${image}@${DIGEST}`;
  t.match(await findNodeImage(engine, CURRENT, asked), {
    reference: image,
    version: 'v1.34.0',
    isHere: true,
    remark: `The node image is ${image} by its tag alone: no image with the digest of ${asked} is on this machine.`,
  });
  t.match(await findNodeImage(engine, { ...CURRENT, nodeImage: asked }), { reference: image, isHere: true });
  const absent = `mesh-harness-test:nowhere@${DIGEST}`;
  t.match(await findNodeImage(engine, CURRENT, absent), { reference: absent, isHere: false });
  t.match(
    await findNodeImage(engine, { ...CURRENT, nodeImage: absent }),
    { reference: absent, version: 'v1.34.0', isHere: false },
    'of the edition the version is known all the same',
  );
});

t.test('what hangs on the Kubernetes in it follows', async t => {
  for (const [edition, version, oldestKind, needsMirrorPatch] of [
    ['current', 'v1.34.0', [0, 27], false],
    ['current', 'v1.37.2', [0, 32], false],
    ['current', 'v1.33.4', [0, 27], false],
    ['current', 'v1.32.2', [0, 27], true],
    ['1.8', 'v1.21.14', [0, 20], true],
    ['1.8', 'v1.19.16', [0, 20], true],
  ] as const)
    t.match(
      windowWithNode(windowOf(edition), { reference: 'hub.example/node:a', version, isHere: true }),
      { nodeImage: 'hub.example/node:a', nodeVersion: version, oldestKind, needsMirrorPatch },
      version,
    );
});

t.test(
  'a run refuses before it makes anything: the image that is none, and the one that Istio does not go with',
  { skip: nodesMissing() ?? false },
  async t => {
    const folder = t.testdir();
    const topology = twoClusters(['network1', 'network2']);
    await using world = await kindWorld(folder, topology);
    world.hub.faults = [{ program: 'kind', when: 'version', how: { kind: 'answer', stdout: '0.31.0\n' } }];
    for (const [nodeImage, message, offline] of [
      [testImage(), /is no node image of kind/, false],
      [imageWith('v1.30.9'), /Istio 1\.30\.3 needs Kubernetes 1\.32 to 1\.36; this is v1\.30\.9/, false],
      [imageWith('v1.36.1'), /There is no kind 0\.32 or newer, neither on PATH nor in the cache/, true],
    ] as const) {
      await t.rejects(world.platform('kpn', { nodeImage, offline }).start(topology, signal), {
        code: 'ERR_PLATFORM_NOT_READY',
        message,
      });
    }
    t.notOk(existsSync(join(folder, 'state', 'runs')), 'no ledger');
    t.notMatch(docker('network', 'ls', '--format', '{{.Name}}'), /mh-kpn-/);
    t.notOk(world.hub.calls.some(({ argv }) => argv[0] === 'create'));
  },
);

t.test(
  '--offline: everything that would be fetched is named, and nothing is made',
  { skip: nodesMissing() ?? false },
  async t => {
    const folder = t.testdir();
    const topology = twoClusters(['network1', 'network2']);
    await using world = await kindWorld(folder, topology);
    const offline = {
      offline: true,
      nodeImage: 'nowhere.invalid/node:v1.34.0',
      hub: 'nowhere.invalid/istio',
    };
    const refusal = async (more = {}): Promise<HarnessError> => {
      try {
        await world.platform('kpo', { ...offline, ...more }).start(topology, signal);
      } catch (error) {
        if (error instanceof HarnessError) return error;
        throw error;
      }
      throw new Error('it started');
    };
    const { message, hint } = await refusal();
    t.same(
      message.split('\n'),
      [
        '--offline fetches nothing, and this is not here; nothing was made:',
        '  node image nowhere.invalid/node:v1.34.0',
        '  image docker.io/curlimages/curl:8.16.0',
        '  image nowhere.invalid/istio/examples-helloworld-v1:1.0',
        '  image nowhere.invalid/istio/examples-helloworld-v2:1.0',
        '  image nowhere.invalid/istio/pilot:1.30.3',
        '  image nowhere.invalid/istio/proxyv2:1.30.3',
      ],
      'all of them',
    );
    t.match(hint, /docker load brings it.*--image-archive FILE.*images save FILE/);
    const bare = await refusal({ path: world.path.replace(/^[^:]+/, ''), istioFolder: undefined });
    t.match(bare.message, /node image.*\n.*no kind 0\.27.*\n.*no kubectl.*\n.*no istioctl/, 'programs too');
    t.notMatch(bare.message, /--offline fetches nothing\.$/m);
    t.notOk(existsSync(join(folder, 'state', 'runs')), 'no ledger');
    t.notMatch(docker('network', 'ls', '--format', '{{.Name}}'), /mh-kpo-/);
  },
);
