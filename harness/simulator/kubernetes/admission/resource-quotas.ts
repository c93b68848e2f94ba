/**
 * Refuses what would exceed a ResourceQuota of its namespace (apiserver
 * pkg/admission/plugin/resourcequota/controller.go @v0.34: CheckRequest).
 *
 * Unlike Kubernetes, what is used is counted when it is asked for; the status follows from the controller.
 */
import type { Clock } from '../../../base/clock.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import { type Amount, added, amountText, NOTHING } from '../registry/amount.ts';
import { type KubernetesObject, objectOf } from '../registry/json.ts';
import { type Amounts, amountsOf } from '../registry/pod-amounts.ts';
import { isInScopes, missingIn, usageOf } from '../registry/quota-usage.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf } from '../registry/resources.ts';
import { forbidden } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';

/** Kinds whose changes may use more. */
const GROWING = ['services', 'persistentvolumeclaims'];
/** They are never counted (pkg/quota/v1/install/registry.go). */
const IGNORED = ['events', 'events.events.k8s.io'];

/** Makes the plugin. */
export function resourceQuotas(store: Store, registry: ResourceRegistry, clock: Clock): AdmissionPlugin {
  const type = registry.require('resourcequotas');
  return {
    name: 'ResourceQuota',
    handles: request => store.count(type) > 0 && mayUseMore(request),
    validate: request => {
      for (const quota of store.list(type, { namespace: request.namespace }))
        checkQuota(
          quota,
          request,
          () => store.list(request.type, { namespace: request.namespace }),
          clock.now(),
        );
    },
  };
}

function mayUseMore({ operation, type, subresource, object, namespace }: AdmissionRequest): boolean {
  const key = keyOf(type);
  if (key === 'pods' && subresource === 'resize') return operation === 'UPDATE' && object !== undefined;
  if (subresource !== '' || namespace === '' || !object || IGNORED.includes(key)) return false;
  return operation === 'CREATE' || (operation === 'UPDATE' && GROWING.includes(key));
}

/** @throws ApiError 403 */
function checkQuota(
  quota: KubernetesObject,
  { type, name, object, oldObject }: AdmissionRequest,
  others: () => readonly KubernetesObject[],
  now: number,
): void {
  const key = keyOf(type);
  const spec = objectOf(quota['spec']);
  const { hard, used } = objectOf(quota['status']);
  if (!object || !isInScopes(spec, key, object)) return;
  const limits = amountsOf(hard);
  const own = usageOf(key, object, now);
  const limited = [...limits.keys()].filter(each => own.has(each) || (key === 'pods' && isOfPods(each)));
  if (limited.length === 0) return;
  const quotaName = String(quota.metadata.name);
  const missing = key === 'pods' ? missingIn(object, limited) : undefined;
  if (missing !== undefined) throw forbidden(type, name, `failed quota: ${quotaName}: ${missing}`);
  const unknown = limited.filter(each => objectOf(used)[each] === undefined);
  if (unknown.length > 0)
    throw forbidden(
      type,
      name,
      `status unknown for quota: ${quotaName}, resources: ${unknown.sort().join(',')}`,
    );
  const before = oldObject ? usageOf(key, oldObject, now) : new Map<string, Amount>();
  const requested = new Map(
    limited.flatMap(each => {
      const nano = (own.get(each)?.nano ?? 0n) - (before.get(each)?.nano ?? 0n);
      return nano > 0n ? [[each, { ...(own.get(each) ?? NOTHING), nano }] as const] : [];
    }),
  );
  if (requested.size === 0) return;
  const counted = others().filter(other => isInScopes(spec, key, other));
  const usedNow = totalOf(counted.map(other => usageOf(key, other, now)));
  const exceeded = [...requested.keys()].filter(each => {
    const total = (requested.get(each)?.nano ?? 0n) + (usedNow.get(each)?.nano ?? 0n);
    return total > (limits.get(each)?.nano ?? 0n);
  });
  if (exceeded.length === 0) return;
  const shown = (amounts: Amounts) =>
    exceeded
      .sort()
      .map(each => `${each}=${amountText(amounts.get(each) ?? NOTHING)}`)
      .join(',');
  const text = `requested: ${shown(requested)}, used: ${shown(usedNow)}, limited: ${shown(limits)}`;
  throw forbidden(type, name, `exceeded quota: ${quotaName}, ${text}`);
}

const isOfPods = (name: string): boolean =>
  name === 'pods' || /^((requests|limits)\.)?(cpu|memory|ephemeral-storage|hugepages-.*)$/.test(name);

function totalOf(usages: readonly Amounts[]): Amounts {
  const total = new Map<string, Amount>();
  for (const usage of usages)
    for (const [name, amount] of usage) total.set(name, added(total.get(name) ?? NOTHING, amount));
  return total;
}
