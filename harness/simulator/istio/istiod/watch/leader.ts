/** One istiod of a cluster at a time writes what belongs to all of them: a lock in a ConfigMap. */
import { type Clock, sleep } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import { KubernetesApiError, type KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { Log } from '../../log.ts';

const ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';
const RETRY_MS = 5_000;

/** Who wants which lock. */
export interface LeaderOptions {
  readonly client: () => KubernetesClient;
  readonly namespace: string;
  /** `istio-namespace-controller-election` */
  readonly lock: string;
  readonly podName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Resolves when this pod holds the lock; never if another pod keeps it. Unlike Istio, the holder does not
 * renew the lock, but holds it until its pod is gone, which saves a write every two seconds.
 */
export async function becomeLeader(options: LeaderOptions): Promise<void> {
  const { lock, podName, clock, signal, log } = options;
  for (;;) {
    signal.throwIfAborted();
    try {
      const holder = await tryLock(options);
      if (holder === podName) {
        log.info(`leader election lock obtained: ${lock}`);
        return;
      }
    } catch (error) {
      signal.throwIfAborted();
      log.error(`error retrieving resource lock ${options.namespace}/${lock}: ${messageOf(error)}`);
    }
    await sleep(clock, RETRY_MS, signal);
  }
}

/** @returns who holds the lock now */
async function tryLock({ client, namespace, lock, podName, signal }: LeaderOptions): Promise<string> {
  const path = { apiVersion: 'v1', plural: 'configmaps', namespace };
  const record = { [ANNOTATION]: JSON.stringify({ holderIdentity: podName, leaseDurationSeconds: 30 }) };
  const found = await client().find({ ...path, name: lock }, signal);
  if (!found) {
    try {
      await client().create(
        path,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: lock, namespace, annotations: record } },
        {},
        signal,
      );
      return podName;
    } catch (error) {
      if (error instanceof KubernetesApiError && error.code === 409) return '';
      throw error;
    }
  }
  const holder = holderOf(found.metadata.annotations?.[ANNOTATION]);
  if (holder === podName) return podName;
  const pod =
    holder === ''
      ? undefined
      : await client().find({ apiVersion: 'v1', plural: 'pods', namespace, name: holder }, signal);
  if (pod && pod.metadata.deletionTimestamp === undefined) return holder;
  const metadata = { ...found.metadata, annotations: { ...found.metadata.annotations, ...record } };
  try {
    await client().replace({ ...path, name: lock }, { ...found, metadata }, {}, signal);
    return podName;
  } catch (error) {
    if (error instanceof KubernetesApiError && error.code === 409) return '';
    throw error;
  }
}

function holderOf(record: string | undefined): string {
  try {
    return String((JSON.parse(record ?? '{}') as { holderIdentity?: string }).holderIdentity ?? '');
  } catch {
    return '';
  }
}
