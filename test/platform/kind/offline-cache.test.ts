/**
 * The cache of images without a network: it serves what it has while it runs, and does not start (believed,
 * from distribution/distribution registry/proxy/proxyregistry.go @v2.8: it asks its upstream first).
 */
import { join } from 'node:path';
import t from 'tap';
import type { Engine } from '../../../harness/platform/kind/engine/engine.ts';
import { cacheName, STORE, startCache } from '../../../harness/platform/kind/image-cache.ts';
import { missingImages, missingNodeImage, refuseMissing } from '../../../harness/platform/kind/offline.ts';

const NAME = cacheName('docker.io');
const HELD = `${STORE}/docker/registry/v2/repositories/me/kept/_manifests/tags/1/current/link`;

/** An engine with one cache, which was started without proxies; what is made or removed is written down. */
function engineWith(isRunning: boolean) {
  const deeds: string[] = [];
  const engine: Partial<Engine> = {
    containers: async () => [{ id: 'one', name: NAME, labels: {}, isRunning } as never], // what is read of it
    hasPath: async (container, path) => container === NAME && path === HELD,
    hasImage: async () => true,
    createVolume: async () => {},
    createContainer: async ({ name }) => void deeds.push(`create ${name}`),
    removeContainer: async id => void deeds.push(`remove ${id}`),
  };
  return { engine: engine as Engine, deeds };
}

t.test('an image is there if a cache that runs has it', async t => {
  const missing = async (isRunning: boolean, reference: string, noCache = false) => {
    const needs = [{ reference, role: 'mesh' } as const];
    const { engine } = engineWith(isRunning);
    const found = await missingImages(engine, needs, { noCache }, new Set(), new AbortController().signal);
    return found.map(({ what }) => what);
  };
  t.same(await missing(true, 'me/kept:1'), []);
  t.same(await missing(true, 'me/kept:2'), ['image me/kept:2'], 'another tag');
  t.same(await missing(true, 'other.invalid/me/kept:1'), ['image other.invalid/me/kept:1'], 'no such cache');
  t.same(await missing(false, 'me/kept:1'), ['image me/kept:1'], 'a cache that was stopped');
  t.same(await missing(true, 'me/kept:1', true), ['image me/kept:1'], '--no-cache');
});

t.test('without a network a cache that runs stays, whatever the proxies are by now', async t => {
  const start = async (offline: boolean) => {
    const { engine, deeds } = engineWith(true);
    const onTrouble = (message: string) => t.fail(message);
    const env = { HTTPS_PROXY: 'http://p:1' };
    const folder = join(t.testdir(), 'certs');
    await startCache(engine, { registries: ['docker.io'], folder, offline, env, onTrouble });
    return deeds;
  };
  t.same(await start(true), []);
  t.same(await start(false), ['remove one', `create ${NAME}`]);
});

t.test('what helps against several things is said once', t => {
  const { engine } = engineWith(false);
  return missingImages(
    engine,
    [{ reference: 'a:1', role: 'mesh' }],
    {},
    new Set(),
    new AbortController().signal,
  )
    .then(images => refuseMissing([missingNodeImage('node:1'), ...images]))
    .then(
      () => t.fail('it was not refused'),
      ({ message, hint }: { readonly message: string; readonly hint: string }) => {
        t.match(message, /node image node:1\n.*image a:1/s);
        t.match(hint, /^docker load brings it.*--image-archive FILE.*--bundle FILE brings it\.$/);
        t.equal(hint.split('images save FILE').length, 2);
      },
    );
});
