/** Follows objects by list and watch until they are as wanted: no polling, however long it takes. */
import type {
  KubernetesClient,
  KubernetesObject,
  ResourcePath,
  Selectors,
} from '../../base/kubernetes-client.ts';

/** What is there now, by name (`namespace/name` where the objects have namespaces). */
export type Snapshot = ReadonlyMap<string, KubernetesObject>;

/** @returns the name that a snapshot has an object under */
export const keyOf = ({ metadata }: KubernetesObject): string =>
  metadata.namespace === undefined ? (metadata.name ?? '') : `${metadata.namespace}/${metadata.name ?? ''}`;

/**
 * Lists, then watches, until `accept` says yes to what is there. A watch that the server ends is begun anew.
 * @throws the signal's reason when it aborts; KubernetesApiError
 */
export async function followUntil(
  client: KubernetesClient,
  path: ResourcePath,
  selectors: Selectors,
  accept: (snapshot: Snapshot) => boolean,
  signal: AbortSignal,
): Promise<Snapshot> {
  for (;;) {
    const list = await client.list(path, selectors, signal);
    const snapshot = new Map(list.items.map(object => [keyOf(object), object]));
    if (accept(snapshot)) return snapshot;
    const done = new AbortController();
    const onAbort = () => done.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    let accepted = false;
    // What `accept` throws inside of a callback of the stream must not get lost there.
    let failure: unknown;
    try {
      await client.watch(
        path,
        { ...selectors, resourceVersion: list.resourceVersion },
        ({ type, object }) => {
          if (accepted || failure !== undefined) return;
          if (type === 'ERROR' || type === 'BOOKMARK') return;
          if (type === 'DELETED') snapshot.delete(keyOf(object));
          else snapshot.set(keyOf(object), object);
          try {
            accepted = accept(snapshot);
          } catch (error) {
            failure = error;
          }
          if (accepted || failure !== undefined) done.abort();
        },
        done.signal,
      );
    } catch (error) {
      if (failure !== undefined) throw failure;
      if (!accepted) throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    if (failure !== undefined) throw failure;
    if (accepted) return snapshot;
    signal.throwIfAborted();
  }
}
