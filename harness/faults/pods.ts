/** Pods as faults need them: found, killed, and waited for. */
import type { ApiClient, ObjectList } from '../base/api-client.ts';
import type { Clock } from '../base/clock.ts';
import { HarnessError } from '../base/errors.ts';
import { waitUntil } from '../base/wait.ts';

/** Pods of a namespace. */
export interface PodSelector {
  readonly namespace: string;
  /** `app=istiod`; all pods of the namespace by default. */
  readonly labelSelector?: string;
}

const RESTART_MS = 120_000;
const LOOK_EVERY_MS = 100;

/** Where pods are, or one of them. */
const podPath = ({ namespace }: PodSelector, name?: string) => ({
  apiVersion: 'v1',
  plural: 'pods',
  namespace,
  ...(name !== undefined && { name }),
});

/** Lists pods. */
export const podsOf = (client: ApiClient, pods: PodSelector, signal?: AbortSignal): Promise<ObjectList> =>
  client.list(
    podPath(pods),
    pods.labelSelector === undefined ? {} : { labelSelector: pods.labelSelector },
    signal,
  );

/** Tells whether a pod is ready, and not on its way out. */
export function isReady({ metadata, status }: ObjectList['items'][number]): boolean {
  // Of a pod, as the API has it.
  const { conditions = [] } = (status ?? {}) as { conditions?: { type: string; status: string }[] };
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && metadata.deletionTimestamp === undefined;
}

/**
 * Kills pods without grace, as a node that fails does; what owns them makes others.
 * @param cluster - for the error's words
 * @returns their names
 * @throws HarnessError ERR_USAGE if there is none
 */
export async function killPods(
  client: ApiClient,
  cluster: string,
  pods: PodSelector,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { items } = await podsOf(client, pods, signal);
  if (items.length === 0) throw noPods(cluster, pods);
  const now = { gracePeriodSeconds: 0 };
  await Promise.all(items.map(({ metadata }) => client.delete(podPath(pods, metadata.name), now, signal)));
  return namesOf(items);
}

/** How long pods are waited for. */
interface RestartOptions {
  readonly clock: Clock;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Kills pods, and waits until as many others are ready.
 * @returns the names of the new ones
 * @throws HarnessError ERR_TIMEOUT after two minutes, or `timeoutMs`
 */
export async function restartPods(
  client: ApiClient,
  cluster: string,
  pods: PodSelector,
  { clock, timeoutMs = RESTART_MS, signal }: RestartOptions,
): Promise<readonly string[]> {
  const killed = await killPods(client, cluster, pods, signal);
  return await waitUntil(
    `${killed.length} new pods of ${describe(cluster, pods)} to be ready`,
    async () => namesOf((await podsOf(client, pods, signal)).items.filter(isReady)),
    names => names.length >= killed.length && !names.some(name => killed.includes(name)),
    { timeoutMs, intervalMs: LOOK_EVERY_MS, clock, ...(signal && { signal }) },
  );
}

const namesOf = (items: ObjectList['items']): readonly string[] =>
  items.map(({ metadata }) => metadata.name ?? '').sort();

const describe = (cluster: string, { namespace, labelSelector }: PodSelector): string =>
  `${cluster}, ${namespace}${labelSelector === undefined ? '' : `, ${labelSelector}`}`;

/** Makes the error of a selector that no pod fits. */
export const noPods = (cluster: string, pods: PodSelector): HarnessError =>
  new HarnessError('ERR_USAGE', `There is no such pod in ${describe(cluster, pods)}.`, {
    hint: 'All pods of the cluster: { apiVersion: "v1", plural: "pods" }, or kubectl get pods -A.',
  });
