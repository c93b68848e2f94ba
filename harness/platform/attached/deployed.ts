/** Takes the guide's workloads out of a cluster again: those that were not there before. */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import {
  isNotFound,
  type KubernetesClient,
  type KubernetesObject,
  type ResourcePath,
} from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';

const NAMESPACE = 'sample';
/** What the samples consist of. */
const KINDS = [
  { apiVersion: 'apps/v1', plural: 'deployments' },
  { apiVersion: 'v1', plural: 'services' },
  { apiVersion: 'v1', plural: 'serviceaccounts' },
] as const;
/** The names of their objects; others in the namespace are someone else's. */
const OURS = /^(helloworld|helloworld-v\d+|sleep|curl)$/;
const GONE_MS = 100_000;
const POLL_MS = 250;

/** How a cluster was before the workloads were deployed. */
export interface Before {
  readonly hadNamespace: boolean;
  /** The namespace's labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** `deployments/helloworld-v1` */
  readonly objects: ReadonlySet<string>;
}

/** Notes how the clusters are. It only reads. */
export async function lookBefore(
  clients: ReadonlyMap<ClusterName, KubernetesClient>,
  signal: AbortSignal,
): Promise<ReadonlyMap<ClusterName, Before>> {
  const all = [...clients].map(async ([name, client]) => [name, await lookAt(client, signal)] as const);
  return new Map(await Promise.all(all));
}

async function lookAt(client: KubernetesClient, signal: AbortSignal): Promise<Before> {
  const namespace = await client.find(namespacePath, signal);
  const objects = await Promise.all(
    KINDS.map(async kind => {
      const { items } = await client.list({ ...kind, namespace: NAMESPACE }, {}, signal);
      return items.map(({ metadata }) => `${kind.plural}/${metadata.name}`);
    }),
  );
  return {
    hadNamespace: namespace !== undefined,
    labels: namespace?.metadata.labels ?? {},
    objects: new Set(objects.flat()),
  };
}

/**
 * Removes what was deployed since: the namespace if there was none, else the samples' objects and labels.
 * @returns what could not be removed, a sentence each
 */
export async function removeDeployed(
  client: KubernetesClient,
  before: Before,
  clock: Clock,
): Promise<readonly string[]> {
  const failures: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!isNotFound(error)) failures.push(`${what}: ${messageOf(error)}`);
    }
  };
  if (!before.hadNamespace) {
    await attempt(`namespace ${NAMESPACE}`, async () => {
      await client.delete(namespacePath);
      await gone(client, clock);
    });
    return failures;
  }
  for (const kind of KINDS) {
    await attempt(kind.plural, async () => {
      const { items } = await client.list({ ...kind, namespace: NAMESPACE });
      for (const { metadata } of items) {
        const name = metadata.name ?? '';
        if (!OURS.test(name) || before.objects.has(`${kind.plural}/${name}`)) continue;
        await attempt(`${kind.plural}/${name}`, () => client.delete({ ...kind, namespace: NAMESPACE, name }));
      }
    });
  }
  await attempt(`the labels of namespace ${NAMESPACE}`, () => restoreLabels(client, before.labels));
  return failures;
}

async function restoreLabels(
  client: KubernetesClient,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const now: KubernetesObject = await client.get(namespacePath);
  const changed = [...new Set([...Object.keys(now.metadata.labels ?? {}), ...Object.keys(labels)])].filter(
    key => now.metadata.labels?.[key] !== labels[key],
  );
  if (changed.length === 0) return;
  const patch = Object.fromEntries(changed.map(key => [key, labels[key] ?? null]));
  await client.patch(namespacePath, 'merge', { metadata: { labels: patch } });
}

async function gone(client: KubernetesClient, clock: Clock): Promise<void> {
  await waitUntil(
    `namespace ${NAMESPACE} to be gone`,
    () => client.find(namespacePath),
    found => found === undefined,
    {
      timeoutMs: GONE_MS,
      intervalMs: POLL_MS,
      clock,
      describe: found => (found === undefined ? 'gone' : 'still there'),
    },
  );
}

const namespacePath: ResourcePath = { apiVersion: 'v1', plural: 'namespaces', name: NAMESPACE };
