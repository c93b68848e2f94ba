/** Objects as tables, which `kubectl get` prints. */

import { convert } from '../../registry/conversion.ts';
import type { KubernetesObject } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import type { ListMetadata } from '../encoding.ts';
import { encodeObject } from '../encoding.ts';
import { columnsFor } from './columns.ts';

/** The options of a table. */
export interface TableOptions {
  readonly metadata: ListMetadata;
  /** `None`, `Metadata` or `Object`: what comes along with each row. */
  readonly includeObject: string;
  /** In a watch only the first table has its columns. */
  readonly withColumns: boolean;
  /** Of meta.k8s.io: `v1`, `v1beta1`. */
  readonly version: string;
}

/** @param now - milliseconds since the epoch, for ages */
export function renderTable(
  type: ResourceType,
  version: string,
  objects: readonly KubernetesObject[],
  now: number,
  { metadata, includeObject, withColumns, version: metaVersion }: TableOptions,
): string {
  const columns = columnsFor(type, version);
  const definitions = columns.map(
    ({ name, type: kind = 'string', format = '', priority = 0, description = name }) => ({
      name,
      type: kind,
      format,
      description,
      priority,
    }),
  );
  const rows = objects.map(stored => {
    const object = type.custom ? convert(type, version, stored) : stored;
    const cells = JSON.stringify(columns.map(column => column.cell(object, now) ?? null));
    const conditions = rowConditions(type, object);
    return `{"cells":${cells}${conditions === undefined ? '' : `,"conditions":${conditions}`},"object":${rowObject(object)}}`;
  });
  return `{"kind":"Table","apiVersion":"meta.k8s.io/${metaVersion}","metadata":${JSON.stringify(metadata)},"columnDefinitions":${
    withColumns ? JSON.stringify(definitions) : 'null'
  },"rows":[${rows.join(',')}]}`;

  function rowObject(object: KubernetesObject): string {
    if (includeObject === 'None') return 'null';
    if (includeObject === 'Object') return encodeObject(type, version, object);
    return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${metaVersion}","metadata":${JSON.stringify(object.metadata)}}`;
  }
}

/** kubectl leaves finished pods out of some lists by these. */
function rowConditions(type: ResourceType, object: KubernetesObject): string | undefined {
  if (type.plural !== 'pods' || type.group !== '') return undefined;
  const status = object['status'];
  const phase = typeof status === 'object' && status !== null && 'phase' in status ? status.phase : undefined;
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return JSON.stringify([{ type: 'Completed', status: 'True', reason: phase, message }]);
}
