/** Waits until a world is at rest: nothing is written, nothing is worked at, and what was deleted is gone. */
import { systemClock } from '../../../../harness/base/clock.ts';
import type { KubernetesClient, KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../../harness/base/wait.ts';
import { isHeld } from './held.ts';
import type { Kind } from './kind.ts';
import { KINDS, NAMESPACE } from './kinds.ts';
import { pathOf } from './sequence.ts';
import type { WorldProcess } from './world-process.ts';

const DEADLINE_MS = 30_000;
const INTERVAL_MS = 250;
/** So long nothing has to be written, … */
const QUIET_MS = 2500;
/** … and in the last part of it nothing is to be worked at: the share of one core. */
const WATCHED_MS = 1500;
const MOST_CPU = 0.2;

interface Seen {
  readonly version: string;
  /** Milliseconds since it was written last. */
  readonly quietMs: number;
  /** Share of one core during the last WATCHED_MS; 1 as long as it was not quiet for so long. */
  readonly cpu: number;
}

interface ObjectList {
  readonly items: readonly KubernetesObject[];
  readonly metadata: { readonly resourceVersion: string };
}

const listOf = (client: KubernetesClient, kind: Kind, query: Readonly<Record<string, string>> = {}) =>
  client.request('GET', pathOf(kind, ''), { query }) as Promise<ObjectList>;

const nameOf = (kind: Kind, { metadata }: KubernetesObject): string =>
  `${kind.key} ${metadata.namespace ?? ''}/${metadata.name}`;

/** What was written last, newest first. */
async function newest(client: KubernetesClient): Promise<string> {
  const all: { readonly version: number; readonly text: string }[] = [];
  for (const kind of KINDS) {
    for (const object of (await listOf(client, kind)).items) {
      all.push({
        version: Number(object.metadata.resourceVersion),
        text: JSON.stringify({ at: nameOf(kind, object), object }),
      });
    }
  }
  return all
    .sort((a, b) => b.version - a.version)
    .slice(0, 4)
    .map(({ text }) => text)
    .join('\n');
}

/**
 * Waits until nothing has been written for 2.5 s, and the process has used less than a fifth of a core for
 * the last 1.5 s of them.
 * @returns the share of a core that it used
 * @throws Error when it does not come to rest within 30 s, with the objects that were written last
 */
export async function waitForRest(client: KubernetesClient, world: WorldProcess): Promise<number> {
  let version = '';
  let since = performance.now();
  const samples: { readonly at: number; readonly cpuMs: number }[] = [];
  const look = async (): Promise<Seen> => {
    const { metadata } = await listOf(client, NAMESPACE, { limit: '1' });
    const at = performance.now();
    samples.push({ at, cpuMs: (await world.usage()).cpuMs });
    if (metadata.resourceVersion !== version) {
      version = metadata.resourceVersion;
      since = at;
    }
    const last = samples.at(-1);
    const first = samples.findLast(sample => at - sample.at >= WATCHED_MS);
    const cpu = first && last ? (last.cpuMs - first.cpuMs) / (last.at - first.at) : 1;
    return { version, quietMs: Math.round(at - since), cpu };
  };
  try {
    const { cpu } = await waitUntil(
      'the world to be at rest',
      look,
      ({ quietMs, cpu }) => quietMs >= QUIET_MS && cpu < MOST_CPU,
      { timeoutMs: DEADLINE_MS, intervalMs: INTERVAL_MS, clock: systemClock, signal: world.defect },
    );
    return cpu;
  } catch (error) {
    world.defect.throwIfAborted();
    throw new Error(`${String(error)}\nWritten last:\n${await newest(client)}`, { cause: error });
  }
}

/**
 * Waits until nothing is on its way out any more, but what rightly waits for another object that stays.
 * @throws Error when anything still is after 30 s, with what it is
 */
export async function waitForDeletions(
  client: KubernetesClient,
  kinds: readonly Kind[],
  signal: AbortSignal,
): Promise<void> {
  const leaving = async (): Promise<readonly string[]> => {
    const all = new Map<string, readonly KubernetesObject[]>();
    for (const kind of kinds) all.set(kind.key, (await listOf(client, kind)).items);
    return kinds.flatMap(kind =>
      (all.get(kind.key) ?? [])
        .filter(object => object.metadata.deletionTimestamp !== undefined && !isHeld(kind.key, object, all))
        .map(object => JSON.stringify({ at: nameOf(kind, object), object })),
    );
  };
  await waitUntil('all that was deleted to be gone', leaving, found => found.length === 0, {
    timeoutMs: DEADLINE_MS,
    intervalMs: 500,
    clock: systemClock,
    signal,
    describe: found => `\n${(found as readonly string[]).join('\n')}`, // what `leaving` has found
  });
}
