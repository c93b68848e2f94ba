/** What a guide leaves behind when it has cleaned up: everything that was not there before it. */

import type { ApiClient } from '../base/api-client.ts';
import { sleep } from '../base/clock.ts';
import { firstOf } from '../base/printable.ts';
import type { ClusterName } from '../model/names.ts';
import type { Check, CheckContext } from './check.ts';

/** Names of objects, as `Kind namespace/name`, of each cluster. */
export type ObjectNames = ReadonlyMap<ClusterName, ReadonlySet<string>>;

/** Discovery's answer on one group. */
interface Resources {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
  }[];
}

/** They come and go by themselves. */
const PASSING: ReadonlySet<string> = new Set(['events', 'leases', 'endpointslices', 'componentstatuses']);
/**
 * istiod writes its root into every namespace, and no uninstall takes that away where the namespace stays:
 * istio/istio issues 23706 and 38497, where it is called intended. The pages know it no more than
 * istioctl does. It is told, and is no fault of the guide.
 */
const OF_ISTIO = /^ConfigMap [^/]+\/istio-ca-root-cert$/;
/** Milliseconds for what is being deleted to be gone. */
const GONE_MS = 60_000;
const INTERVAL_MS = 1000;

/** Lists the objects of every kind that each cluster knows. */
export async function namesOfObjects(
  clusters: CheckContext['clusters'],
  signal: AbortSignal,
): Promise<ObjectNames> {
  const names = new Map<ClusterName, ReadonlySet<string>>();
  for (const [name, { client }] of clusters) names.set(name, await namesIn(client, signal));
  return names;
}

async function namesIn(client: ApiClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const groupVersion of await groupsOf(client, signal)) {
    const path = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
    // Discovery has this shape; a group may have gone since it was listed.
    const { resources = [] } = (await unlessGone(client.request('GET', path, { signal }))) as Resources;
    for (const { name, kind, verbs } of resources) {
      if (!verbs.includes('list') || name.includes('/') || PASSING.has(name)) continue;
      const { items } = await listOf(client, { apiVersion: groupVersion, plural: name }, signal);
      for (const { metadata } of items)
        names.add(
          `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`,
        );
    }
  }
  return names;
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error as { code: unknown }).code === 404;

async function unlessGone(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (isGone(error)) return {};
    throw error;
  }
}

async function listOf(
  client: ApiClient,
  path: { readonly apiVersion: string; readonly plural: string },
  signal: AbortSignal,
): ReturnType<ApiClient['list']> {
  try {
    return await client.list(path, {}, signal);
  } catch (error) {
    if (isGone(error)) return { items: [], resourceVersion: '' };
    throw error;
  }
}

async function groupsOf(client: ApiClient, signal: AbortSignal): Promise<readonly string[]> {
  const { groups = [] } = (await client.request('GET', '/apis', { signal })) as {
    readonly groups?: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  };
  return ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
}

/**
 * Nothing of the guide is left in any cluster after its clean-up. It is no claim of the catalog: only a run
 * that has cleaned up can ask it.
 * @param before - what was there before the guide
 */
export const nothingLeft = (before: ObjectNames): Check => ({
  id: 'guide-leaves-nothing',
  sentence: 'After the clean-up of the guide, every cluster has what it had before, and nothing more.',
  level: 'core',
  async run({ clusters, clock, signal, onProgress }) {
    const untilMs = clock.now() + GONE_MS;
    for (;;) {
      const left = leftOver(before, await namesOfObjects(clusters, signal));
      const own = left.filter(({ name }) => !OF_ISTIO.test(name));
      const evidence = left.map(({ cluster, name }) => `${cluster}: ${name}`);
      if (own.length === 0)
        return { outcome: 'passed', found: foundNothing(clusters, left.length), evidence };
      if (clock.now() >= untilMs) {
        const texts = withoutContents(own).map(({ cluster, name }) => `${cluster}: ${name}`);
        return { outcome: 'failed', found: `left: ${firstOf(texts).join('; ')}`, evidence };
      }
      onProgress(`${own.length} objects are still there`);
      await sleep(clock, INTERVAL_MS, signal);
    }
  },
});

function foundNothing(clusters: CheckContext['clusters'], ofIstio: number): string {
  const nothing = `nothing of the guide is left in ${[...clusters.keys()].join(', ')}`;
  return ofIstio === 0
    ? nothing
    : `${nothing}; of istiod's own, ${ofIstio} ConfigMaps istio-ca-root-cert are left in other namespaces`;
}

interface Left {
  readonly cluster: ClusterName;
  readonly name: string;
}

/** Leaves out what lies in a namespace that is left itself. */
const withoutContents = (left: readonly Left[]): readonly Left[] =>
  left.filter(({ cluster, name }) => {
    const namespace = / ([^/]+)\//.exec(name)?.[1];
    return !left.some(other => other.cluster === cluster && other.name === `Namespace ${namespace}`);
  });

const leftOver = (before: ObjectNames, now: ObjectNames): readonly Left[] =>
  [...now].flatMap(([cluster, names]) =>
    [...names].filter(name => !before.get(cluster)?.has(name)).map(name => ({ cluster, name })),
  );
