/**
 * Objects that the API server itself keeps: it looks from time to time whether they are as they should be,
 * and makes them again (pkg/controlplane/controller @v1.34: kubernetesservice, systemnamespaces).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { equal } from '../registry/json.ts';
import type { ResourceKey } from '../registry/resources.ts';

/** An object that is made again when it is gone. */
export interface KeptObject {
  readonly resource: ResourceKey;
  readonly object: KubernetesObject;
  /** Top-level fields that are set right if somebody changes them. */
  readonly repaired: readonly string[];
  /** How often the server looks, in milliseconds. */
  readonly everyMs: number;
}

const nameOf = ({ metadata: { namespace = '', name = '' } }: KubernetesObject) => [namespace, name] as const;

/**
 * Makes the objects that are not there, and keeps them. Unlike Kubernetes, which polls, it hears of changes;
 * it acts on them when the server would have looked next.
 */
export function startKeptObjects(
  { component, client, clock }: Pick<ControllerContext, 'component' | 'client' | 'clock'>,
  kept: readonly KeptObject[],
): Controller {
  const { local } = client;
  const startedAt = clock.now();
  const sync = (key: string) => {
    const { resource, object, repaired } = kept[Number(key)] as KeptObject; // in range
    const existing = local.get(resource, ...nameOf(object));
    if (!existing) local.create(resource, object);
    else if (repaired.some(field => !equal(existing[field], object[field]))) {
      const right = Object.fromEntries(repaired.map(field => [field, object[field]]));
      local.modify(resource, ...nameOf(object), draft => Object.assign(draft, structuredClone(right)));
    }
  };
  const queue = new WorkQueue(component, sync);
  const stops = kept.map(({ resource, object, repaired, everyMs }, index) => {
    if (!local.get(resource, ...nameOf(object))) local.create(resource, object);
    const [namespace, name] = nameOf(object);
    const filter = { ...(namespace !== '' && { namespace }), fieldSelector: `metadata.name=${name}` };
    return local.watch(resource, filter, ({ type, object: now }) => {
      const isRight = type !== 'DELETED' && repaired.every(field => equal(now[field], object[field]));
      if (!isRight) queue.addAfter(String(index), everyMs - ((clock.now() - startedAt) % everyMs));
    });
  });
  return { stop: () => stopAll([() => queue.stop(), ...stops]) };
}
