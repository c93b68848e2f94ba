/**
 * What LimitRanges do to pods and claims: defaults of containers, and refusals
 * (plugin/pkg/admission/limitranger/admission.go @v1.34).
 */
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import { type Amount, amountText } from '../registry/amount.ts';
import { child } from '../registry/fill.ts';
import {
  copy,
  type JsonObject,
  type KubernetesObject,
  objectOf,
  objectsOf,
  valueAt,
} from '../registry/json.ts';
import { type Amounts, amountsOf, podAmounts } from '../registry/pod-amounts.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf } from '../registry/resources.ts';
import { forbidden } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** Makes the plugin. */
export function limitRanges(store: Store, registry: ResourceRegistry): AdmissionPlugin {
  const type = registry.require('limitranges');
  const limitsFor = ({ namespace }: AdmissionRequest) =>
    store.list(type, { namespace }).map(range => objectsOf(objectOf(range['spec'])['limits']));
  return {
    name: 'LimitRanger',
    about: ['pods', 'persistentvolumeclaims'],
    handles: request => {
      if (store.count(type) === 0) return false;
      const key = keyOf(request.type);
      if (key === 'pods')
        return request.subresource === ''
          ? request.operation === 'CREATE'
          : request.subresource === 'resize' && request.operation === 'UPDATE';
      const isWrite = request.operation === 'CREATE' || request.operation === 'UPDATE';
      return key === 'persistentvolumeclaims' && request.subresource === '' && isWrite;
    },
    mutate: request => {
      const object = writtenBy(request);
      if (keyOf(request.type) !== 'pods') return object;
      return limitsFor(request).reduce(withDefaults, object);
    },
    validate: request => {
      const object = writtenBy(request);
      for (const limits of limitsFor(request)) {
        const problems = limits.flatMap(limit =>
          keyOf(request.type) === 'pods' ? problemsOfPod(limit, object) : problemsOfClaim(limit, object),
        );
        if (problems.length > 0)
          throw forbidden(
            request.type,
            request.name,
            problems.length === 1 ? String(problems[0]) : `[${problems.join(', ')}]`,
          );
      }
    },
  };
}

function writtenBy({ object }: AdmissionRequest): KubernetesObject {
  if (!object) throw new Error('a write without an object');
  return object;
}

/** Gives containers what a range has for those that say nothing. */
function withDefaults(pod: KubernetesObject, limits: readonly JsonObject[]): KubernetesObject {
  const ofContainers = limits.filter(({ type }) => type === 'Container');
  const defaults = {
    requests: Object.assign({}, ...ofContainers.map(limit => limit['defaultRequest'])) as JsonObject,
    limits: Object.assign({}, ...ofContainers.map(limit => limit['default'])) as JsonObject,
  };
  const changed = copy(pod);
  const spec = objectOf(changed['spec']);
  const notes = [
    ...objectsOf(spec['containers']).flatMap(each => fillContainer(each, defaults, 'container')),
    ...objectsOf(spec['initContainers']).flatMap(each => fillContainer(each, defaults, 'init container')),
  ];
  if (notes.length === 0) return pod;
  changed.metadata.annotations = {
    ...changed.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
  return changed;
}

/** @returns what was filled in, in words */
function fillContainer(
  container: JsonObject,
  defaults: Readonly<Record<'requests' | 'limits', JsonObject>>,
  what: string,
): string[] {
  const notes: string[] = [];
  const resources = child(container, 'resources');
  for (const [kind, word] of [
    ['requests', 'request'],
    ['limits', 'limit'],
  ] as const) {
    const own = objectOf(resources[kind]);
    const names = Object.keys(defaults[kind]).filter(name => own[name] === undefined);
    if (names.length === 0) continue;
    resources[kind] = { ...own, ...Object.fromEntries(names.map(name => [name, defaults[kind][name]])) };
    notes.push(`${names.sort().join(', ')} ${word} for ${what} ${String(container['name'])}`);
  }
  return notes;
}

function problemsOfPod(limit: JsonObject, pod: KubernetesObject): readonly string[] {
  const spec = objectOf(pod['spec']);
  if (limit['type'] === 'Pod')
    return problemsOf(limit, 'Pod', podAmounts(spec, 'requests'), podAmounts(spec, 'limits'));
  if (limit['type'] !== 'Container') return [];
  return [...objectsOf(spec['containers']), ...objectsOf(spec['initContainers'])].flatMap(container => {
    const { requests, limits } = objectOf(container['resources']);
    return problemsOf(limit, 'Container', amountsOf(requests), amountsOf(limits));
  });
}

function problemsOfClaim(limit: JsonObject, claim: KubernetesObject): readonly string[] {
  if (limit['type'] !== 'PersistentVolumeClaim') return [];
  const requests = amountsOf(valueAt(claim, 'spec', 'resources', 'requests'));
  const type = 'PersistentVolumeClaim';
  return [
    ...each(limit['min'], (name, least) => belowLeast(type, name, least, [requests, new Map()])),
    ...each(limit['max'], (name, most) => {
      const own = requests.get(name);
      const head = `maximum ${name} usage per ${type} is ${amountText(most)}`;
      if (!own) return `${head}.  No request is specified`;
      return own.nano > most.nano ? `${head}, but request is ${amountText(own)}` : undefined;
    }),
  ];
}

const each = (list: unknown, problem: (name: string, amount: Amount) => string | undefined): string[] =>
  [...amountsOf(list)].flatMap(([name, amount]) => problem(name, amount) ?? []);

function problemsOf(limit: JsonObject, type: string, requests: Amounts, limits: Amounts): readonly string[] {
  return [
    ...each(limit['min'], (name, least) => belowLeast(type, name, least, [requests, limits])),
    ...each(limit['max'], (name, most) => {
      const [request, own] = [requests.get(name), limits.get(name)];
      const head = `maximum ${name} usage per ${type} is ${amountText(most)}`;
      if (!own) return `${head}.  No limit is specified`;
      if (own.nano > most.nano) return `${head}, but limit is ${amountText(own)}`;
      return request && request.nano > most.nano
        ? `${head}, but request is ${amountText(request)}`
        : undefined;
    }),
    ...each(limit['maxLimitRequestRatio'], (name, ratio) =>
      aboveRatio(type, name, ratio, [requests, limits]),
    ),
  ];
}

type RequestsAndLimits = readonly [Amounts, Amounts];

function belowLeast(type: string, name: string, least: Amount, [requests, limits]: RequestsAndLimits) {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const head = `minimum ${name} usage per ${type} is ${amountText(least)}`;
  if (!request) return `${head}.  No request is specified`;
  if (request.nano < least.nano) return `${head}, but request is ${amountText(request)}`;
  return limit && limit.nano < least.nano ? `${head}, but limit is ${amountText(limit)}` : undefined;
}

const NANO = 1e9;

function aboveRatio(type: string, name: string, most: Amount, [requests, limits]: RequestsAndLimits) {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const head = `${name} max limit to request ratio per ${type} is ${amountText(most)}`;
  if (!request || request.nano === 0n) return `${head}, but no request is specified or request is 0`;
  if (!limit || limit.nano === 0n) return `${head}, but no limit is specified or limit is 0`;
  const ratio = Number(limit.nano) / Number(request.nano);
  return ratio > Number(most.nano) / NANO ? `${head}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}
