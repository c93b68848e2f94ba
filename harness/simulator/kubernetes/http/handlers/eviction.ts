/**
 * Evicts a pod, if its disruption budget has room for it (pkg/registry/core/pod/storage/eviction.go @v1.32).
 */
import { type KubernetesObject, listOf, objectOf, objectsOf, valueAt } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { matchesLabels, selectorFromObject } from '../../registry/selectors/label-selector.ts';
import { ApiError, methodNotAllowed, tooManyRequests } from '../../registry/status.ts';
import { controlPlaneContext } from '../../registry/write-context.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendStatus } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { ResourceRequest } from '../request-info.ts';
import { checkAddress } from './addressed.ts';

/**
 * Deletes the pod that the request names.
 * @throws ApiError as `askBudget`
 */
export async function handleEviction(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  if (info.verb !== 'create') throw methodNotAllowed();
  const body = decodeTyped(await readBody(request), mediaTypeOf(request), {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
  });
  checkAddress(body, 'Eviction', info);
  const options = objectOf(body['deleteOptions']);
  const grace = options['gracePeriodSeconds'];
  const dryRun = [...listOf(options['dryRun']), ...info.query.getAll('dryRun')].includes('All');
  askBudget(environment, environment.objects.get(type, info.namespace, info.name), dryRun);
  await environment.objects.delete(
    type,
    info.namespace,
    info.name,
    typeof grace === 'number' ? { gracePeriodSeconds: grace } : {},
    { ...controlPlaneContext(type), user, dryRun },
  );
  sendStatus(call, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

/**
 * Takes one disruption from the budget that covers a pod.
 * @throws ApiError 429 if it has none, 500 if there are several
 */
function askBudget({ store, registry, objects }: Environment, pod: KubernetesObject, dryRun: boolean): void {
  const { namespace = '', labels = {}, deletionTimestamp } = pod.metadata;
  const phase = valueAt(pod, 'status', 'phase');
  // A pod that does not run yet, or is on its way out, is no loss.
  if (deletionTimestamp !== undefined || phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed')
    return;
  const type = registry.require('poddisruptionbudgets.policy');
  const covering = store.list(type, { namespace }).filter(candidate => {
    const selector = selectorFromObject(valueAt(candidate, 'spec', 'selector'));
    return selector !== undefined && matchesLabels(selector, labels);
  });
  if (covering.length > 1) {
    throw new ApiError(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const [budget] = covering;
  if (!budget) return;
  const name = budget.metadata.name ?? '';
  const status = objectOf(budget['status']);
  const [healthy, desired] = [Number(status['currentHealthy'] ?? 0), Number(status['desiredHealthy'] ?? 0)];
  const isReady = objectsOf(valueAt(pod, 'status', 'conditions')).some(
    condition => condition['type'] === 'Ready' && condition['status'] === 'True',
  );
  const always = valueAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow';
  if (!isReady && (always || (healthy >= desired && desired > 0))) return;
  const isBehind = Number(status['observedGeneration'] ?? 0) < (budget.metadata.generation ?? 0);
  const allowed = Number(status['disruptionsAllowed'] ?? 0);
  if (isBehind || allowed <= 0) {
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
      reason: 'DisruptionBudget',
      message: isBehind
        ? `The disruption budget ${name} is still being processed by the server.`
        : `The disruption budget ${name} needs ${desired} healthy pods and has ${healthy} currently`,
    });
  }
  if (dryRun) return;
  objects.updateDirectly(
    type,
    namespace,
    name,
    draft => ({ ...draft(), status: { ...status, disruptionsAllowed: allowed - 1 } }),
    'status',
  );
}
