/**
 * Says in the status of ResourceQuotas what they limit and how much is used
 * (pkg/controller/resourcequota/resource_quota_controller.go @v1.34).
 */
import type { AllObjects } from '../client/all-objects.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { type Amount, added, amountText, NOTHING } from '../registry/amount.ts';
import { equal, type KubernetesObject, objectOf } from '../registry/json.ts';
import { isInScopes, isMeasured, usageOf } from '../registry/quota-usage.ts';
import type { ResourceKey } from '../registry/resources.ts';

const QUOTAS = 'resourcequotas';
/** Kinds of which more than the number counts. */
const MEASURED: readonly ResourceKey[] = ['pods', 'services', 'persistentvolumeclaims'];

/** The kinds that a hard limit is about. */
function kindsOf(name: string): readonly ResourceKey[] {
  if (name.startsWith('count/')) return [name.slice('count/'.length)];
  if (['configmaps', QUOTAS, 'replicationcontrollers', 'secrets'].includes(name)) return [name];
  return MEASURED;
}

/** Starts the controller, when the first quota is there. */
export function startResourceQuotaController(
  { component, client: { local }, clock }: ControllerContext,
  all: AllObjects,
): Controller {
  const usedOf = (quota: KubernetesObject, names: readonly string[]) => {
    const spec = objectOf(quota['spec']);
    const { namespace = '' } = quota.metadata;
    const isTracked = (name: string) =>
      name.startsWith('count/') ? all.typeOf(name.slice('count/'.length)) !== undefined : isMeasured(name);
    const used = new Map<string, Amount>(names.filter(isTracked).map(name => [name, NOTHING]));
    for (const key of new Set(names.flatMap(kindsOf))) {
      if (!all.typeOf(key)) continue;
      for (const object of local.list(key, { namespace })) {
        if (!isInScopes(spec, key, object)) continue;
        for (const [name, amount] of usageOf(key, object, clock.now())) {
          const before = used.get(name);
          if (before) used.set(name, added(before, amount));
        }
      }
    }
    return Object.fromEntries([...used].map(([name, amount]) => [name, amountText(amount)]));
  };
  const sync = (id: string) => {
    const [namespace = '', name = ''] = id.split('/');
    const quota = local.get(QUOTAS, namespace, name);
    if (!quota) return;
    const hard = objectOf(objectOf(quota['spec'])['hard']);
    const status = { hard, used: usedOf(quota, Object.keys(hard)) };
    if (equal(quota['status'], status)) return;
    local.modifyStatus(QUOTAS, namespace, name, draft => {
      draft['status'] = status;
    });
  };
  const queue = new WorkQueue(component, sync, QUOTAS);
  const addAll = (namespace: string) => {
    for (const { metadata } of local.list(QUOTAS, { namespace })) queue.add(`${namespace}/${metadata.name}`);
  };
  const stops = [
    () => queue.stop(),
    all.listen(({ type, resource, object }) => {
      const { namespace = '' } = object.metadata;
      // A change counts where it may use more or less; of other kinds only their number counts.
      if (namespace !== '' && (type !== 'MODIFIED' || resource === QUOTAS || MEASURED.includes(resource)))
        addAll(namespace);
    }),
  ];
  return { stop: () => stopAll(stops) };
}
