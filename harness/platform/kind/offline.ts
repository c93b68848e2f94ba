/** `--offline`: what a run would have to fetch is named, all of it, before anything is made. */
import { HarnessError } from '../../base/errors.ts';
import { registryOf } from '../image-list.ts';
import type { NotFetchedError } from '../not-fetched.ts';
import type { Engine } from './engine/engine.ts';
import { cacheName, STORE } from './image-cache.ts';
import { imagesIn } from './images/archive-index.ts';
import type { Need } from './images/needs.ts';
import { CACHE_LABEL } from './labels.ts';
import type { KindOptions } from './options.ts';
import { wholeReference } from './references.ts';

/** Something that is not here, and what to do about it. */
export interface Missing {
  /** `node image kindest/node:v1.34.0@sha256:…` */
  readonly what: string;
  /** What helps against this one. */
  readonly fix?: string;
  /** A bundle helps too. */
  readonly isInBundles?: boolean;
}

/** @throws HarnessError ERR_PLATFORM_NOT_READY that names everything, unless nothing is missing */
export function refuseMissing(missing: readonly Missing[]): void {
  if (missing.length === 0) return;
  const lines = missing.map(({ what }) => `  ${what}`);
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    ['--offline fetches nothing, and this is not here; nothing was made:', ...lines].join('\n'),
    { hint: hintOf(missing) },
  );
}

/** Joins what to do, each once; what helps against all of it comes last. */
export function hintOf(missing: readonly Missing[]): string {
  const own = missing.flatMap(({ fix }) => fix ?? []);
  return [...new Set([...own, ...(missing.some(each => each.isInBundles) ? [BUNDLE_FIX] : [])])].join(' ');
}

const BUNDLE_FIX =
  'mesh-harness images save FILE writes all of them into one file where there is a network; ' +
  '--bundle FILE brings it.';

/** A node image that is not here. */
export const missingNodeImage = (reference: string): Missing => ({
  what: `node image ${reference}`,
  fix: 'docker load brings it; its tag alone will do.',
  isInBundles: true,
});

/** What would have been fetched. */
export const notFetched = ({ what, hint }: NotFetchedError): Missing => ({
  what,
  ...(hint === undefined ? { isInBundles: true } : { fix: hint }),
});

/**
 * Finds the images that nodes would have to pull: they are in no archive, and not in the cache that outlives
 * runs. What private registries have counts as well.
 * @param brought - whole references that come with a bundle
 */
export async function missingImages(
  engine: Engine,
  needs: readonly Need[],
  { imageArchives = [], noCache }: Pick<KindOptions, 'imageArchives' | 'noCache'>,
  brought: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Missing[]> {
  const archived = await Promise.all(imageArchives.map(archive => imagesIn(archive, signal)));
  const there = new Set([...brought, ...archived.flat()]);
  const wanted = needs.filter(({ reference }) => !there.has(wholeReference(reference)));
  const caches = noCache ? [] : await engine.containers(CACHE_LABEL);
  const running = new Set(caches.filter(({ isRunning }) => isRunning).map(({ name }) => name));
  const missing: Missing[] = [];
  for (const { reference } of wanted) {
    if (await isCached(engine, reference, running)) continue;
    missing.push({
      what: `image ${reference}`,
      fix: '--image-archive FILE has what docker save wrote.',
      isInBundles: true,
    });
  }
  return missing;
}

/**
 * Tells whether the cache holds an image: it serves what it has when its upstream is out of reach
 * (distribution/distribution registry/proxy/proxytagservice.go; its store: registry/storage/paths.go), but it
 * does not start then (registry/proxy/proxyregistry.go asks the upstream for its way to log in).
 * @param running - names of the caches that run
 */
async function isCached(engine: Engine, reference: string, running: ReadonlySet<string>): Promise<boolean> {
  const whole = wholeReference(reference);
  const registry = registryOf(whole);
  const [, name, tag] = /^([^@]+):([^:@/]+)$/.exec(whole.slice(registry.length + 1)) ?? [];
  if (name === undefined || !running.has(cacheName(registry))) return false;
  const path = `${STORE}/docker/registry/v2/repositories/${name}/_manifests/tags/${tag}/current/link`;
  return await engine.hasPath(cacheName(registry), path);
}
