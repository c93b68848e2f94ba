/** The form of an answer, by the Accept header: the objects, a table, or their metadata alone. */
import type { KubernetesObject } from '../registry/json.ts';
import type { ResourceType } from '../registry/resources.ts';
import { ApiError, badRequest } from '../registry/status.ts';
import type { Call } from './call.ts';
import { encodeList, encodeObject, type ListMetadata } from './encoding.ts';
import type { ResourceRequest } from './request-info.ts';
import { renderTable } from './tables/table.ts';

/** The form in which a client wants to see objects. */
export interface Representation {
  readonly kind: 'object' | 'table' | 'metadata';
  /** Of a table's rows: `None`, `Metadata` or `Object`. */
  readonly includeObject: string;
  /** Of meta.k8s.io, for a table or metadata: `v1`, `v1beta1`. */
  readonly version: string;
}

const OBJECT: Representation = { kind: 'object', includeObject: '', version: 'v1' };

/** What a row of a table may bring along (apimachinery pkg/apis/meta/v1/validation/validation.go @v1.34). */
const INCLUDED: readonly string[] = ['', 'Metadata', 'Object', 'None'];

/**
 * Returns the form of one object or of a list.
 * @throws ApiError 400 for rows of an unknown form, 406 for a list that is wanted as one object, or the
 *   reverse
 */
export function representationOf(call: Call<ResourceRequest>, type: ResourceType): Representation {
  const { conversion } = call.accepted;
  if (!conversion) return OBJECT;
  const { kind, version } = conversion;
  if (kind === 'Table') {
    const includeObject = call.info.query.get('includeObject') ?? '';
    if (!INCLUDED.includes(includeObject)) {
      const value = JSON.stringify(includeObject);
      const problem = `Invalid value: ${value}: must be 'Metadata', 'Object', 'None', or empty`;
      throw badRequest(`Unable to convert to Table as requested: includeObject: ${problem}`);
    }
    return { kind: 'table', includeObject: includeObject || 'Metadata', version };
  }
  const isList = call.info.verb === 'list' || call.info.verb === 'deletecollection';
  const isWanted = (kind === 'PartialObjectMetadataList') === isList || call.info.verb === 'watch';
  if (!isWanted) throw wrongNumber(kind, isList, type);
  return { kind: 'metadata', includeObject: '', version };
}

function wrongNumber(kind: string, isList: boolean, type: ResourceType): ApiError {
  // The custom one is found out only when it is encoded.
  if (!isList && type.custom) return new ApiError(500, undefined, 'content is not a list');
  const what = isList ? 'a list' : 'not a list';
  const text = `you requested ${kind}, but the requested object is ${what} (*${goTypeOf(type, isList)})`;
  return new ApiError(406, 'NotAcceptable', text);
}

/** Names the type in kube-apiserver's memory: the package of the group, and the kind. */
function goTypeOf({ group, kind, listKind, custom }: ResourceType, isList: boolean): string {
  if (custom) return `unstructured.Unstructured${isList ? 'List' : ''}`;
  const [first = ''] = group.split('.');
  return `${first === '' || first === 'events' ? 'core' : first}.${isList ? listKind : kind}`;
}

function encodePartial(object: KubernetesObject, version: string): string {
  const metadata = JSON.stringify(object.metadata);
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${metadata}}`;
}

function encodePartials(
  objects: readonly KubernetesObject[],
  metadata: ListMetadata,
  version: string,
): string {
  const head = `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/${version}"`;
  const items = objects.map(object => encodePartial(object, version));
  return `${head},"metadata":${JSON.stringify(metadata)},"items":[${items.join(',')}]}`;
}

/** Encodes one object as JSON. @param now - milliseconds since the epoch, for ages in tables */
export function encodeOne(
  representation: Representation,
  type: ResourceType,
  version: string,
  object: KubernetesObject,
  now: number,
): string {
  switch (representation.kind) {
    case 'object':
      return encodeObject(type, version, object);
    case 'metadata':
      return encodePartial(object, representation.version);
    case 'table':
      return renderTable(type, version, [object], now, {
        metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
        includeObject: representation.includeObject,
        version: representation.version,
        withColumns: true,
      });
  }
}

/** A list to encode: objects of one type, in the version that the client speaks. */
export interface ObjectList {
  readonly type: ResourceType;
  readonly version: string;
  readonly objects: readonly KubernetesObject[];
  readonly metadata: ListMetadata;
}

/** Encodes a list as JSON. @param now - milliseconds since the epoch, for ages in tables */
export function encodeMany(representation: Representation, list: ObjectList, now: number): string {
  const { type, version, objects, metadata } = list;
  switch (representation.kind) {
    case 'object':
      return encodeList(type, version, objects, metadata);
    case 'metadata':
      return encodePartials(objects, metadata, representation.version);
    case 'table':
      return renderTable(type, version, objects, now, {
        metadata,
        includeObject: representation.includeObject,
        version: representation.version,
        withColumns: true,
      });
  }
}
