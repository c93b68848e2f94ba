/**
 * One file for a machine without a registry: written from an engine, verified, loaded, and a run with it. On a real
 * engine, with images that the test makes; their registry is nowhere, so nothing of them can be pulled.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { HarnessError } from '../../../harness/base/errors.ts';
import { imagesIn } from '../../../harness/platform/kind/images/archive-index.ts';
import { installBundle, openBundle } from '../../../harness/platform/kind/images/opened-bundle.ts';
import { bundleHead } from '../../../harness/platform/kind/images/read-bundle.ts';
import { saveBundle } from '../../../harness/platform/kind/images/save-bundle.ts';
import { docker, testEngine, testImage } from '../../support/docker.ts';
import { kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;
const signal = new AbortController().signal;
const topology = twoClusters(['network1', 'network2']);
/** A registry that does not exist, of this test alone. */
const HUB = 'nowhere.invalid/mh-bundle';
/** The stand-in for kind has none from `nowhere.invalid`, whatever the engine has. */
const NODE = 'mh-bundle.invalid/node:v1.34.0';
const CACHE = `${HUB}/registry:2`;
const MESH = [
  'curl:8.16.0',
  'examples-helloworld-v1:1.0',
  'examples-helloworld-v2:1.0',
  'pilot:1.30.3',
  'proxyv2:1.30.3',
].map(name => `${HUB}/${name}`);
const ALL = [NODE, CACHE, ...MESH];

const remove = () => {
  for (const name of ALL) if (docker('images', '-q', name) !== '') docker('rmi', '-f', name);
};

/** Makes every image, a run's world whose samples take theirs from the same hub, and the settings of a bundle. */
async function worldWith(t: Test) {
  const folder = t.testdir();
  const world = await kindWorld(folder, topology);
  t.teardown(() => world[Symbol.asyncDispose]());
  t.teardown(remove);
  docker('tag', testImage({ 'kind/version': 'v1.34.0\n' }), NODE);
  for (const name of [CACHE, ...MESH]) docker('tag', testImage({ is: name }), name);
  const curl = join(world.istioFolder, 'samples', 'curl', 'curl.yaml');
  writeFileSync(curl, readFileSync(curl, 'utf8').replace('docker.io/curlimages/', `${HUB}/`));
  const file = join(folder, 'mesh.bundle');
  const settings = { nodeImage: NODE, hub: HUB, cacheImage: CACHE, noCache: false };
  const save = (more = {}, force = false, to = file) =>
    saveBundle(to, force, { ...world.options('kpb'), ...settings, offline: true, ...more, signal });
  /** As it is on a machine to which only the file was brought. */
  const without = { offline: true, path: world.path, istioFolder: world.istioFolder };
  return { folder, world, file, save, without };
}

async function refusal(work: Promise<unknown>): Promise<HarnessError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HarnessError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

t.test('run --bundle --offline: passes with the file, and is refused without it', { skip }, async t => {
  const { folder, world, file, save, without } = await worldWith(t);
  const told: string[] = [];
  const { head, bytes } = await save({ onProgress: (message: string) => void told.push(message) });
  t.equal(bytes, statSync(file).size);
  t.same(
    head.members.flatMap(member => (member.kind === 'image' ? [`${member.role} ${member.reference}`] : [])),
    [`node ${NODE}`, `cache ${CACHE}`, ...MESH.map(name => `mesh ${name}`)],
  );
  t.match(told, [`writing ${NODE} (1 of 8)`, `writing ${CACHE} (2 of 8)`]);
  t.same(
    readdirSync(folder).filter(name => /part|entry/.test(name)),
    [],
    'nothing is left beside it',
  );
  remove();

  const bare = await refusal(
    world.platform('kpb', { ...without, nodeImage: NODE, hub: HUB }).start(topology, signal),
  );
  for (const name of [NODE, ...MESH]) t.ok(bare.message.includes(name), `${name} is named`);
  t.notOk(existsSync(join(folder, 'state', 'runs')), 'no ledger');
  t.notMatch(docker('network', 'ls', '--format', '{{.Name}}'), /mh-kpb-/);

  told.length = 0;
  const onProgress = (message: string) => void told.push(message);
  const started = await world
    .platform('kpb', { ...without, bundle: file, onProgress })
    .start(topology, signal);
  try {
    t.equal(started.programs?.sampleImages?.['docker.io/istio/'], `${HUB}/`, 'the hub is that of the bundle');
    for (const cluster of ['cluster1', 'cluster2']) {
      const node = `mh-kpb-${cluster}-control-plane`;
      t.same(docker('exec', node, 'cat', '/tmp/archived').split('\n').sort(), [...MESH].sort(), cluster);
      t.equal(
        docker('exec', node, 'sh', '-c', 'cat /tmp/crictl 2>/dev/null || true'),
        '',
        'nothing is pulled',
      );
    }
    t.ok(told.includes(`${NODE} is in the engine now`));
    t.match(docker('images', '-q', NODE), /./);
  } finally {
    await started[Symbol.asyncDispose]();
  }
  t.same(readdirSync(join(folder, 'state', 'runs')), [], 'its archives go with the run');
});

t.test(
  'what is damaged, cut off, foreign or for another platform is not loaded at all',
  { skip },
  async t => {
    const { folder, world, file, save, without } = await worldWith(t);
    await save();
    const whole = readFileSync(file);
    remove();
    const engine = await testEngine();
    const info = await engine.info();
    const start = (bundle: string) =>
      refusal(world.platform('kpb', { ...without, bundle }).start(topology, signal));
    const other = join(folder, 'other.bundle');

    const flipped = Buffer.from(whole);
    // In the middle of an image's layers.
    const at = flipped.indexOf('nowhere.invalid', Math.floor(flipped.length / 2));
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    const foreign = execFileSync('docker', ['save', testImage()], { maxBuffer: 2 ** 28 });
    for (const [what, content, message] of [
      [
        'a letter that is another',
        flipped,
        /images\/\d\.tar is damaged: SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/,
      ],
      ['cut off', whole.subarray(0, whole.length / 2), /is no sound bundle of mesh-harness: /],
      ['cut off between entries', whole.subarray(0, whole.indexOf('digests.json')), /is no sound bundle/],
      ['another tar', foreign, /it does not begin with mesh-harness-bundle\.json/],
      ['no tar', Buffer.from('hello'), /is no sound bundle of mesh-harness/],
      ['nothing', Buffer.alloc(0), /is no sound bundle of mesh-harness/],
    ] as const) {
      writeFileSync(other, content);
      t.match(
        await start(other),
        { code: 'ERR_PLATFORM_NOT_READY', message, hint: /Nothing of it was loaded/ },
        what,
      );
      t.equal(docker('images', '-q', NODE), '', `${what}: not even the first image`);
    }
    writeFileSync(other, whole.toString('latin1').replace('"format": 1', '"format": 9'), 'latin1');
    t.match(await start(other), { message: /it has format 9, and this release reads format 1/ });
    await t.rejects(openBundle(file, { platform: 'linux/riscv64' }, signal), {
      message: `${file} has images for ${info.platform}, and the engine is linux/riscv64.`,
    });
    t.match(
      await refusal(
        world.platform('kpb', { ...without, edition: '1.8', bundle: file }).start(topology, signal),
      ),
      {
        message: /is for edition current \(Istio 1\.30\.3\), and edition 1\.8 is run/,
      },
    );
    t.equal(docker('images', '-q', NODE), '', 'another edition: not even the first image');
    t.notOk(existsSync(join(folder, 'state', 'runs')), 'no ledger');
  },
);

t.test('programs come with it and are found in the cache; nothing is replaced unasked', { skip }, async t => {
  const { folder, world, file, save } = await worldWith(t);
  const cache = join(folder, 'cache');
  // Those of the cache are packed whatever they are; a script on PATH is not, as it may lead elsewhere.
  const kubectl = join(cache, 'kubectl', 'v1.34.2', 'kubectl');
  mkdirSync(join(kubectl, '..'), { recursive: true });
  writeFileSync(kubectl, '#!/bin/sh\necho \'{"gitVersion":"v1.34.2"}\'\n');
  chmodSync(kubectl, 0o755);
  const bin = join(folder, 'other-bin');
  mkdirSync(bin);
  world.hub.writeProgram(join(bin, 'kind'), 'kind');
  const docker1 = world.path.split(':').slice(1).join(':');
  const { head, remarks } = await save({ path: `${bin}:${docker1}`, cache });
  t.same(
    head.members.flatMap(member => (member.kind === 'image' ? [] : [member.path])),
    ['kubectl/v1.34.2/kubectl', 'istio/istio-1.30.3'],
  );
  t.same(remarks, [`kind is not in it: ${join(bin, 'kind')} is a script.`]);

  t.match(await refusal(save()), {
    code: 'ERR_USAGE',
    message: `${file} is there already.`,
    hint: /--force/,
  });
  t.match(await refusal(save({}, true, folder)), {
    code: 'ERR_USAGE',
    message: `${folder} is there already, and no regular file.`,
  });
  t.match(await refusal(save({}, true, join(folder, 'none', 'a.bundle'))), {
    code: 'ERR_USAGE',
    message: `There is no folder ${join(folder, 'none')} for a.bundle.`,
  });
  const before = statSync(file).mtimeMs;
  await save({}, true);
  t.not(statSync(file).mtimeMs, before, '--force replaces it');
  remove();
  await t.rejects(
    save({}, false, join(folder, 'new.bundle')),
    { message: new RegExp(ALL.join('.*'), 's') },
    'all that is missing is named',
  );
  t.notOk(existsSync(join(folder, 'new.bundle')));

  await save({ path: `${bin}:${docker1}`, cache }, true).catch(() => {});
  const target = join(folder, 'elsewhere');
  const engine = await testEngine();
  const bundle = await openBundle(file, await engine.info(), signal);
  const done = await installBundle(bundle, engine, target, signal);
  t.ok(done.some(line => line === `${NODE} is in the engine now`));
  t.ok(existsSync(join(target, 'istio', 'istio-1.30.3', 'samples', 'helloworld', 'helloworld.yaml')));
  t.equal(statSync(join(target, 'istio', 'istio-1.30.3', 'bin', 'istioctl')).mode & 0o111, 0o111);
  t.same(await installBundle(bundle, engine, target, signal), [], 'a second time there is nothing to do');
  t.match(await bundleHead(file, signal), { edition: 'current', istio: '1.30.3', kubernetes: 'v1.34.0' });
});

t.test('the index of an archive tells its images in their whole form', { skip }, async t => {
  const folder = t.testdir();
  const archive = join(folder, 'images.tar');
  const names = ['mesh-harness-test-index:1', `${HUB}/index:2`];
  for (const name of names) docker('tag', testImage(), name);
  t.teardown(() => void docker('rmi', ...names));
  docker('save', '--output', archive, ...names);
  t.same(await imagesIn(archive, signal), ['docker.io/library/mesh-harness-test-index:1', `${HUB}/index:2`]);
  truncateSync(archive, 2000);
  await t.rejects(imagesIn(archive, signal), { message: /is no archive of docker save/ });
});

t.test(
  'what is missing is told all at once: programs, the manifest of MetalLB, every image',
  { skip },
  async t => {
    const folder = t.testdir();
    await using world = await kindWorld(folder, topology);
    rmSync(join(folder, 'bin', 'kind'));
    const platform = world.platform('kpm', { offline: true, loadBalancer: 'metallb', hub: HUB });
    const { message } = await refusal(platform.start(topology, signal));
    for (const words of ['There is no kind ', 'There is no manifest of MetalLB ', ...MESH.slice(1)])
      t.match(message, words);
    t.notOk(existsSync(join(folder, 'state', 'runs')), 'nothing was made');
  },
);
