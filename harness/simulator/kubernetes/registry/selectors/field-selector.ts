/** Field selectors: parsing with the server's error texts, and matching. */
import { type KubernetesObject, valueAt } from '../json.ts';
import { keyOf, type ResourceType } from '../resources.ts';
import { badRequest } from '../status.ts';

/** `status.phase=Running`, or with `!=`. */
export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** All requirements must hold; none matches everything. */
export type FieldSelector = readonly FieldRequirement[];

type FieldReader = (object: KubernetesObject) => string;
const at =
  (...path: readonly (string | number)[]): FieldReader =>
  object => {
    const value = valueAt(object, ...path);
    return value === undefined || value === null ? '' : String(value);
  };

const METADATA_FIELDS: Readonly<Record<string, FieldReader>> = {
  'metadata.name': object => object.metadata.name ?? '',
  'metadata.namespace': object => object.metadata.namespace ?? '',
};

const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/**
 * The fields that each kind supports beyond the two of metadata (pkg/registry/core/<kind>/strategy.go,
 * pkg/apis/core/v1/conversion.go @v1.32).
 */
const FIELDS: Readonly<Record<string, Readonly<Record<string, FieldReader>>>> = {
  pods: {
    'spec.nodeName': at('spec', 'nodeName'),
    'spec.restartPolicy': at('spec', 'restartPolicy'),
    'spec.schedulerName': at('spec', 'schedulerName'),
    'spec.serviceAccountName': at('spec', 'serviceAccountName'),
    'spec.hostNetwork': object => String(valueAt(object, 'spec', 'hostNetwork') === true),
    'status.phase': at('status', 'phase'),
    'status.podIP': at('status', 'podIP'),
    'status.podIPs': at('status', 'podIP'),
    'status.nominatedNodeName': at('status', 'nominatedNodeName'),
  },
  secrets: { type: at('type') },
  namespaces: { 'status.phase': at('status', 'phase') },
  services: { 'spec.clusterIP': at('spec', 'clusterIP'), 'spec.type': at('spec', 'type') },
  nodes: { 'spec.unschedulable': object => String(valueAt(object, 'spec', 'unschedulable') === true) },
  replicationcontrollers: { 'status.replicas': at('status', 'replicas') },
  'replicasets.apps': { 'status.replicas': at('status', 'replicas') },
  'jobs.batch': { 'status.successful': at('status', 'succeeded') },
  'certificatesigningrequests.certificates.k8s.io': { 'spec.signerName': at('spec', 'signerName') },
  events: {
    ...Object.fromEntries(involved.map(name => [`involvedObject.${name}`, at('involvedObject', name)])),
    reason: at('reason'),
    reportingComponent: at('reportingComponent'),
    source: object =>
      String(valueAt(object, 'source', 'component') ?? valueAt(object, 'reportingComponent') ?? ''),
    type: at('type'),
  },
};

/** Reads `a=b,c!=d`; `\` escapes. @throws ApiError 400 for a field that the type does not offer */
export function parseFieldSelector(text: string, type: ResourceType): FieldSelector {
  const own = FIELDS[keyOf(type)];
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const match = /^([^=!]*?)(==|!=|=)((?:\\.|[^\\])*)$/.exec(term);
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const field = match[1] ?? '';
    if (!Object.hasOwn(METADATA_FIELDS, field) && !(own && Object.hasOwn(own, field))) {
      throw badRequest(
        own
          ? `field label not supported: ${field}`
          : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
    }
    requirements.push({ field, equal: match[2] !== '!=', value: (match[3] ?? '').replace(/\\(.)/g, '$1') });
  }
  return requirements;
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let current = '';
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string; // in range
    if (char === '\\' && index + 1 < text.length) current += char + text[++index];
    else if (char === ',') {
      terms.push(current);
      current = '';
    } else current += char;
  }
  terms.push(current);
  return terms;
}

/** Tells whether the object satisfies all requirements; a field that is absent counts as the empty text. */
export function matchesFields(
  selector: FieldSelector,
  type: ResourceType,
  object: KubernetesObject,
): boolean {
  return selector.every(({ field, value, equal }) => {
    const reader = METADATA_FIELDS[field] ?? FIELDS[keyOf(type)]?.[field];
    return (reader?.(object) === value) === equal;
  });
}
