/**
 * Objects between the version in which they are stored and those that clients speak, where these differ by
 * more than a name.
 */
import { inVersionKnown } from './converted.ts';
import { bySchema } from './custom-objects.ts';
import { Derived } from './derived.ts';
import { copy, freeze, type KubernetesObject, objectOf, objectsOf } from './json.ts';
import { keyOf, type ResourceType } from './resources.ts';

interface Conversion {
  /** Converts from the stored version. */
  readonly to: (object: KubernetesObject) => void;
  /** Converts to the stored version. */
  readonly from: (object: KubernetesObject) => void;
}

/** HorizontalPodAutoscaler: v1 knows the use of the CPU only. */
const autoscalerV1: Conversion = {
  to: autoscaler => {
    const spec = objectOf(autoscaler['spec']);
    const cpu = objectsOf(spec['metrics']).find(metric => objectOf(metric['resource'])['name'] === 'cpu');
    const target = objectOf(objectOf(cpu?.['resource'])['target'])['averageUtilization'];
    if (target !== undefined) spec['targetCPUUtilizationPercentage'] = target;
    delete spec['metrics'];
    delete spec['behavior'];
  },
  from: autoscaler => {
    const spec = objectOf(autoscaler['spec']);
    const percentage = spec['targetCPUUtilizationPercentage'];
    delete spec['targetCPUUtilizationPercentage'];
    if (percentage === undefined || spec['metrics'] !== undefined) return;
    spec['metrics'] = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } },
      },
    ];
  },
};

/** Events: the newer group has other names for the same fields. [of events.k8s.io, of the core group] */
const EVENT_FIELDS: readonly (readonly [string, string])[] = [
  ['note', 'message'],
  ['regarding', 'involvedObject'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

function rename(object: KubernetesObject, from: string, to: string): void {
  if (object[from] === undefined) return;
  object[to] = object[from];
  delete object[from];
}

const eventsV1: Conversion = {
  to: event => {
    for (const [newer, core] of EVENT_FIELDS) rename(event, core, newer);
  },
  from: event => {
    for (const [newer, core] of EVENT_FIELDS) rename(event, newer, core);
  },
};

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'horizontalpodautoscalers.autoscaling/v1': autoscalerV1,
  'events.events.k8s.io/v1': eventsV1,
};

const converted = new Derived<KubernetesObject>();

/**
 * Returns the stored object as the version shows it; the object itself if the versions differ in nothing but
 * apiVersion.
 */
export function convert(type: ResourceType, version: string, object: KubernetesObject): KubernetesObject {
  if (type.custom) {
    const known = type.custom.conversion ? inVersionKnown(version, object) : object;
    return bySchema(type, version, known);
  }
  const conversion = CONVERSIONS[`${keyOf(type)}/${version}`];
  if (!conversion) return object;
  return converted.of(object, () => {
    const result = copy(object);
    conversion.to(result);
    return Object.isFrozen(object) ? freeze(result) : result;
  });
}

/** Turns what a client sent into the stored version, in place. */
export function convertToStored(type: ResourceType, version: string, object: KubernetesObject): void {
  CONVERSIONS[`${keyOf(type)}/${version}`]?.from(object);
}
