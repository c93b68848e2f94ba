/** Subresources with rules of their own: scale, token, binding, eviction, finalize. */
import { API_AUDIENCE } from '../../auth/service-account-tokens.ts';
import { invalid, invalidValue } from '../../registry/field-errors.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  timestamp,
  valueAt,
} from '../../registry/json.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import {
  formatLabelSelector,
  matchesLabels,
  selectorFromObject,
} from '../../registry/selectors/label-selector.ts';
import {
  ApiError,
  badRequest,
  conflict,
  methodNotAllowed,
  notFound,
  tooManyRequests,
} from '../../registry/status.ts';
import { controlPlaneContext } from '../../registry/write-context.ts';
import { decodeObject, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendJson, sendStatus, sendValue } from '../call.ts';
import { encodeObject } from '../encoding.ts';
import type { Environment } from '../environment.ts';
import { readPatch } from '../patch/patch.ts';
import type { ResourceRequest } from '../request-info.ts';

type Handler = (environment: Environment, call: Call<ResourceRequest>, type: ResourceType) => Promise<void>;

const DEFAULT_TOKEN_SECONDS = 3600;
const LEAST_TOKEN_SECONDS = 600;
const MOST_TOKEN_SECONDS = 2 ** 32;

/** By resource and subresource. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'serviceaccounts/token': handleToken,
  'pods/binding': handleBinding,
  'pods/eviction': handleEviction,
  'namespaces/finalize': handleFinalize,
};

/**
 * @returns undefined for a subresource that is read and written like the object itself, or served elsewhere
 */
export function subresourceHandler(type: ResourceType, subresource: string): Handler | undefined {
  return subresource === 'scale' ? handleScale : HANDLERS[`${keyOf(type)}/${subresource}`];
}

async function handleToken(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.verb !== 'create') throw methodNotAllowed();
  const body = decodeObject(await readBody(request), mediaTypeOf(request), 'TokenRequest');
  const account = environment.objects.get(type, info.namespace, info.name);
  const spec = objectOf(body['spec']);
  const seconds = Number(spec['expirationSeconds'] ?? DEFAULT_TOKEN_SECONDS);
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  if (seconds < LEAST_TOKEN_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  }
  if (seconds > MOST_TOKEN_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'),
    ]);
  }
  const asked = listOf(spec['audiences']).filter(entry => typeof entry === 'string');
  const audiences = asked.length > 0 ? asked : [API_AUDIENCE];
  const bound = boundObject(environment, info.namespace, spec['boundObjectRef']);
  const status = environment.tokens.issue(account, {
    audiences,
    expirationSeconds: seconds,
    ...(bound && { boundTo: bound }),
  });
  sendValue(call, 201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: info.name,
      namespace: info.namespace,
      creationTimestamp: timestamp(environment.clock.now()),
    },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec['boundObjectRef'] ?? null },
    status,
  });
}

function boundObject({ registry, store }: Environment, namespace: string, reference: unknown) {
  if (!isObject(reference)) return undefined;
  const kind = stringOf(reference['kind']) ?? '';
  const name = stringOf(reference['name']) ?? '';
  if (kind !== 'Pod' && kind !== 'Secret') throw badRequest(`cannot bind token to object of type ${kind}`);
  const type = registry.require(kind === 'Pod' ? 'pods' : 'secrets');
  const object = store.get(type, namespace, name);
  if (!object) throw notFound(type, name);
  const uid = object.metadata.uid ?? '';
  const asked = stringOf(reference['uid']) ?? '';
  if (asked !== '' && asked !== uid) {
    throw conflict(
      type,
      name,
      `the UID in the bound object reference (${asked}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  const node = stringOf(valueAt(object, 'spec', 'nodeName'));
  return { kind, name, uid, ...(node !== undefined && { node }) };
}

/** Binds a pod to a node, as a scheduler asks. */
async function handleBinding(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  if (info.verb !== 'create') throw methodNotAllowed();
  const body = decodeObject(await readBody(request), mediaTypeOf(request), 'Binding');
  const node = stringOf(objectOf(body['target'])['name']) ?? '';
  await environment.objects.update(
    type,
    info.namespace,
    info.name,
    draft => {
      const pod = draft();
      const spec = objectOf(pod['spec']);
      const before = stringOf(spec['nodeName']) ?? '';
      if (before !== '')
        throw conflict(
          type,
          info.name,
          `pod ${info.name} is already assigned to node ${JSON.stringify(before)}`,
        );
      spec['nodeName'] = node;
      return pod;
    },
    { ...controlPlaneContext(type, 'binding'), user },
  );
  sendStatus(call.response, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

/**
 * A deletion, if the pod's disruption budget has room for it (pkg/registry/core/pod/storage/eviction.go
 * @v1.32).
 */
async function handleEviction(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  if (info.verb !== 'create') throw methodNotAllowed();
  const body = decodeObject(await readBody(request), mediaTypeOf(request), 'Eviction');
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
  sendStatus(call.response, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
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

async function handleFinalize(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  if (info.verb !== 'update') throw methodNotAllowed();
  const body = decodeObject(await readBody(request), mediaTypeOf(request), type.kind);
  const updated = await environment.objects.update(
    type,
    '',
    info.name,
    draft => ({ ...draft(), spec: { finalizers: listOf(objectOf(body['spec'])['finalizers']) } }),
    { ...controlPlaneContext(type, 'finalize'), user },
  );
  sendJson(call, 200, encodeObject(type, info.version, updated));
}

function scaleOf(object: KubernetesObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorFromObject(valueAt(object, 'spec', 'selector'));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(valueAt(object, 'spec', 'replicas') ?? 0) },
    status: {
      replicas: Number(valueAt(object, 'status', 'replicas') ?? 0),
      ...(selector && { selector: formatLabelSelector(selector) }),
    },
  };
}

async function handleScale(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  const { objects } = environment;
  if (info.verb === 'get') {
    sendValue(call, 200, scaleOf(objects.get(type, info.namespace, info.name)));
    return;
  }
  if (info.verb !== 'update' && info.verb !== 'patch') throw methodNotAllowed();
  const body = await readBody(request);
  const patch = info.verb === 'patch' ? readPatch(body, mediaTypeOf(request), type, info.query) : undefined;
  const sent = patch ? undefined : decodeObject(body, mediaTypeOf(request), 'Scale');
  const updated = await objects.update(
    type,
    info.namespace,
    info.name,
    draft => {
      const scaled = draft();
      const before = scaleOf(scaled) as KubernetesObject; // made above, with metadata
      const scale =
        sent ?? (patch?.kind === 'change' ? patch.apply(before, type, info.version) : patch?.apply) ?? {};
      const replicas = objectOf(scale['spec'])['replicas'] ?? 0;
      if (!Number.isInteger(replicas) || Number(replicas) < 0) {
        throw invalid({ group: 'autoscaling', kind: 'Scale' }, info.name, [
          invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
        ]);
      }
      const version = stringOf(objectOf(scale['metadata'])['resourceVersion']);
      if (version !== undefined && version !== '') scaled.metadata.resourceVersion = version;
      objectOf(scaled['spec'])['replicas'] = replicas;
      return scaled;
    },
    { ...controlPlaneContext(type, 'scale'), user, dryRun: info.query.getAll('dryRun').includes('All') },
  );
  sendValue(call, 200, scaleOf(updated));
}
