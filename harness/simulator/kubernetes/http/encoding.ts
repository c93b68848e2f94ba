/** Stored objects as JSON text. An object is encoded once, however many lists and watches carry it. */
import { convert } from '../registry/conversion.ts';
import { Derived } from '../registry/derived.ts';
import type { KubernetesObject } from '../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';

const encoded = new Derived<string>();

/** `{…}` without kind and apiVersion, which depend on the version that is asked for. */
function encodeRest(object: KubernetesObject): string {
  return encoded.of(object, () => {
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
    return JSON.stringify(rest);
  });
}

/** Encodes an object in a version. The text of a stored object is kept and shared by all readers. */
export function encodeObject(type: ResourceType, version: string, object: KubernetesObject): string {
  const kind = `{"kind":"${type.kind}","apiVersion":"${apiVersionOf(type.group, version)}",`;
  return kind + encodeRest(convert(type, version, object)).slice(1);
}

/** The metadata of a list; `continue` leads to the next page. */
export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Items of built-in lists carry neither kind nor apiVersion, those of custom resources do. */
export function encodeList(
  type: ResourceType,
  version: string,
  objects: readonly KubernetesObject[],
  metadata: ListMetadata,
): string {
  const head = `{"kind":"${type.listKind}","apiVersion":"${apiVersionOf(type.group, version)}","metadata":${JSON.stringify(
    type.custom ? { continue: '', ...metadata } : metadata,
  )},"items":[`;
  const items = objects.map(object =>
    type.custom ? encodeObject(type, version, object) : encodeRest(convert(type, version, object)),
  );
  return `${head}${items.join(',')}]}`;
}
