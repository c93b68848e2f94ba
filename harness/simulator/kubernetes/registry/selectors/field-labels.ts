/**
 * Which fields each kind lets a field selector name, and how they are read: the field label conversions of
 * the API versions (pkg/apis/<group>/<version>/conversion.go @v1.34) and the sets of selectable fields
 * (pkg/registry/<group>/<kind>/strategy.go).
 */
import { convert } from '../conversion.ts';
import { type KubernetesObject, valueAt } from '../json.ts';
import { keyOf, type ResourceType } from '../resources.ts';

/** Reads a field as text; empty for one that is absent. */
export type FieldReader = (object: KubernetesObject) => string;

/** What a kind says about the fields of selectors. */
interface FieldLabels {
  readonly fields: ReadonlyMap<string, FieldReader>;
  /** Says that a field is none of these. */
  readonly refusal: (field: string) => string;
}

const at =
  (...path: readonly (string | number)[]): FieldReader =>
  object => {
    const value = valueAt(object, ...path);
    return value === undefined || value === null ? '' : String(value);
  };
const path = (field: string): FieldReader => at(...field.split('.'));
const flag =
  (...keys: readonly string[]): FieldReader =>
  object =>
    String(valueAt(object, ...keys) === true);

const NAME: readonly [string, FieldReader] = ['metadata.name', ({ metadata }) => metadata.name ?? ''];
const NAMESPACE: readonly [string, FieldReader] = [
  'metadata.namespace',
  ({ metadata }) => metadata.namespace ?? '',
];

const notSupported = (field: string): string => `field label not supported: ${field}`;

/** What a kind says that has no conversion of its own (apimachinery pkg/runtime/conversion.go). */
const USUAL: FieldLabels = {
  fields: new Map([NAME, NAMESPACE]),
  refusal: field =>
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
};

/** Fields of a kind beside its name and, unless it has none, its namespace. */
function labels(
  own: Readonly<Record<string, FieldReader>>,
  { hasNamespace = true, refusal = notSupported } = {},
): FieldLabels {
  const metadata = hasNamespace ? [NAME, NAMESPACE] : [NAME];
  return { fields: new Map([...metadata, ...Object.entries(own)]), refusal };
}

/** Never set: it can be asked for, and is the empty text (pod strategy.go: ToSelectableFields). */
const EMPTY: FieldReader = () => '';
const OF_NO_NAMESPACE = { hasNamespace: false };

const INVOLVED = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
const source: FieldReader = object => at('source', 'component')(object) || at('reportingComponent')(object);
/** Events are stored as those of the core group, whichever group asks. */
const involvedAs = (prefix: string) =>
  Object.fromEntries(INVOLVED.map(name => [`${prefix}.${name}`, at('involvedObject', name)]));

const POD_FIELDS = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
];

/** By resource key; all others are `USUAL`. */
const LABELS: Readonly<Record<string, FieldLabels>> = {
  pods: labels({
    ...Object.fromEntries(POD_FIELDS.map(field => [field, path(field)])),
    'spec.host': path('spec.nodeName'),
    'spec.hostNetwork': flag('spec', 'hostNetwork'),
    'status.podIPs': EMPTY,
  }),
  secrets: labels({ type: at('type') }),
  namespaces: labels({ 'status.phase': path('status.phase') }, OF_NO_NAMESPACE),
  services: labels({ 'spec.clusterIP': path('spec.clusterIP'), 'spec.type': path('spec.type') }),
  nodes: labels({ 'spec.unschedulable': flag('spec', 'unschedulable') }, OF_NO_NAMESPACE),
  replicationcontrollers: labels({
    'status.replicas': object => path('status.replicas')(object) || '0',
  }),
  'jobs.batch': labels(
    { 'status.successful': object => path('status.succeeded')(object) || '0' },
    { refusal: field => `field label ${JSON.stringify(field)} not supported for Job` },
  ),
  'certificatesigningrequests.certificates.k8s.io': labels(
    { 'spec.signerName': path('spec.signerName') },
    OF_NO_NAMESPACE,
  ),
  events: labels({
    ...involvedAs('involvedObject'),
    reason: at('reason'),
    reportingComponent: at('reportingComponent'),
    source,
    type: at('type'),
  }),
  'events.events.k8s.io': labels({
    ...involvedAs('regarding'),
    reason: at('reason'),
    reportingController: at('reportingComponent'),
    type: at('type'),
  }),
};

/** The fields that a definition offers, as objects have them in a version. */
function customLabels(type: ResourceType, version: string): FieldLabels {
  const own = type.custom?.selectableFields[version] ?? [];
  const reader =
    (field: string): FieldReader =>
    object =>
      path(field)(convert(type, version, object));
  return labels(Object.fromEntries(own.map(field => [field, reader(field)])), {
    hasNamespace: type.namespaced,
  });
}

/**
 * Returns the fields that selectors of a type may name.
 * @param version - that of the client; it counts for custom resources
 */
export const fieldLabelsOf = (type: ResourceType, version: string): FieldLabels =>
  type.custom ? customLabels(type, version) : (LABELS[keyOf(type)] ?? USUAL);
