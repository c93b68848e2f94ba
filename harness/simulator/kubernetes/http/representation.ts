/** The form of an answer, by the Accept header: the objects, a table, or their metadata alone. */
import type { KubernetesObject } from '../registry/json.ts';
import type { ResourceType } from '../registry/resources.ts';
import { encodeList, encodeObject, type ListMetadata } from './encoding.ts';
import { renderTable } from './tables/table.ts';

/** The form in which a client wants to see objects. */
export interface Representation {
  readonly kind: 'object' | 'table' | 'metadata';
  /** Of a table's rows: `None`, `Metadata` or `Object`. */
  readonly includeObject: string;
}

/**
 * Returns the first form of the Accept header that we serve; JSON objects by default, for all clients take
 * those.
 */
export function representationFor(accept: string | undefined, includeObject: string | null): Representation {
  const object: Representation = { kind: 'object', includeObject: '' };
  for (const entry of (accept ?? '').split(',')) {
    const [media, ...parameters] = entry.split(';').map(part => part.trim());
    const as = parameters.find(parameter => parameter.startsWith('as='))?.slice(3);
    if (media !== 'application/json' && media !== '*/*' && media !== 'application/yaml') continue;
    if (as === 'Table') return { kind: 'table', includeObject: includeObject ?? 'Metadata' };
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
      return { kind: 'metadata', includeObject: '' };
    if (as === undefined) return object;
  }
  return object;
}

const PARTIAL = '"apiVersion":"meta.k8s.io/v1"';

function encodePartial(object: KubernetesObject): string {
  return `{"kind":"PartialObjectMetadata",${PARTIAL},"metadata":${JSON.stringify(object.metadata)}}`;
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
      return encodePartial(object);
    case 'table':
      return renderTable(type, version, [object], now, {
        metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
        includeObject: representation.includeObject,
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
      return `{"kind":"PartialObjectMetadataList",${PARTIAL},"metadata":${JSON.stringify(metadata)},"items":[${objects
        .map(encodePartial)
        .join(',')}]}`;
    case 'table':
      return renderTable(type, version, objects, now, {
        metadata,
        includeObject: representation.includeObject,
        withColumns: true,
      });
  }
}
