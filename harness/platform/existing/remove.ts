/** Takes away what a run has made in someone's cluster: what was not there before, and nothing else. */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { isNotFound, KubernetesClient, type ResourcePath } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import { CLUSTER_SCOPED, isOfIstio, NAMESPACES } from './preflight.ts';

export interface RemoveOptions {
  readonly kubeconfig: string;
  /** Of kube-system when the run began: another cluster may have taken the context's name since. */
  readonly uid: string;
  /** Kind → names that were there before. */
  readonly before: Readonly<Record<string, readonly string[]>>;
  readonly clock: Clock;
}

const GONE_MS = 120_000;
const POLL_MS = 500;

/** @returns what could not be removed, one sentence each */
export async function removeFromCluster({ kubeconfig, uid, before, clock }: RemoveOptions): Promise<readonly string[]> {
  const client = new KubernetesClient(kubeconfig);
  const failures: string[] = [];
  const remove = async (path: ResourcePath) => {
    try {
      await client.delete(path);
    } catch (error) {
      if (!isNotFound(error)) failures.push(`${path.plural}/${path.name}: ${messageOf(error)}`);
    }
  };
  try {
    const system = await client.get({ apiVersion: 'v1', plural: 'namespaces', name: 'kube-system' });
    if (system.metadata.uid !== uid) return ['the context names another cluster now: nothing was removed'];
    // Webhooks first: theirs would refuse what comes after once their server is gone.
    const kinds = [...CLUSTER_SCOPED].sort(
      (one, other) => Number(other.plural.includes('webhook')) - Number(one.plural.includes('webhook')),
    );
    for (const kind of kinds.filter(({ plural }) => plural.includes('webhook'))) await removeNew(kind);
    for (const name of NAMESPACES) await remove({ apiVersion: 'v1', plural: 'namespaces', name });
    for (const kind of kinds.filter(({ plural }) => !plural.includes('webhook'))) await removeNew(kind);
    for (const name of NAMESPACES) {
      await waitUntil(
        `namespace ${name} to be gone`,
        () => client.find({ apiVersion: 'v1', plural: 'namespaces', name }),
        found => found === undefined,
        {
          timeoutMs: GONE_MS,
          intervalMs: POLL_MS,
          clock,
          describe: found => (found === undefined ? 'gone' : 'still there'),
        },
      );
    }
  } catch (error) {
    failures.push(messageOf(error));
  } finally {
    client.close();
  }
  return failures;

  async function removeNew({ apiVersion, plural }: (typeof CLUSTER_SCOPED)[number]): Promise<void> {
    const { items } = await client.list({ apiVersion, plural });
    const names = items.map(({ metadata }) => metadata.name ?? '').filter(isOfIstio);
    for (const name of names) if (!before[plural]?.includes(name)) await remove({ apiVersion, plural, name });
  }
}
