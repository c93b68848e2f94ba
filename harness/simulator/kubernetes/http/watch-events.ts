/** The events of a watch as lines of JSON. */
import type { Clock } from '../../../base/clock.ts';
import { RecentMap } from '../../../base/recent-map.ts';
import type { Change } from '../registry/change.ts';
import type { KubernetesObject } from '../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';
import type { Store } from '../registry/store.ts';
import { encodeObject } from './encoding.ts';
import { encodeOne, type Representation } from './representation.ts';
import { renderTable } from './tables/table.ts';

/** The objects that a watch follows, and the form in which it shows them. */
export interface WatchedType {
  readonly store: Store;
  readonly clock: Clock;
  readonly type: ResourceType;
  readonly version: string;
  readonly representation: Representation;
}

/** How many changes have their lines kept: watchers hear of one at nearly the same time. */
const KEPT_LINES = 64;

/**
 * Lines of events without selectors or special forms, by the newest changes: encoded once for all watchers of
 * a version.
 */
const lines = new RecentMap<Change, Map<string, string>>(KEPT_LINES);

/** @returns the event of a change, for a watch that shows whole objects and sees the change as it is */
export function sharedLine(change: Change, type: ResourceType, version: string): string {
  let byVersion = lines.get(change);
  if (!byVersion) {
    byVersion = new Map();
    lines.set(change, byVersion);
  }
  let line = byVersion.get(version);
  if (line === undefined) {
    line = `{"type":"${change.type}","object":${encodeObject(type, version, change.object)}}\n`;
    byVersion.set(version, line);
  }
  return line;
}

/** Encodes the events of one watch; of its tables, only the first has columns. */
export class EventEncoder {
  readonly #watched: WatchedType;
  #hasSentColumns = false;

  constructor(watched: WatchedType) {
    this.#watched = watched;
  }

  /** @param kind - `ADDED`, `MODIFIED` or `DELETED` */
  event(kind: string, object: KubernetesObject): string {
    return `{"type":"${kind}","object":${this.#encode(object)}}\n`;
  }

  #encode(object: KubernetesObject): string {
    const { type, version, clock, representation } = this.#watched;
    if (representation.kind !== 'table') return encodeOne(representation, type, version, object, clock.now());
    const table = renderTable(type, version, [object], clock.now(), {
      metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
      includeObject: representation.includeObject,
      withColumns: !this.#hasSentColumns,
      version: representation.version,
    });
    this.#hasSentColumns = true;
    return table;
  }

  /** Tells the client up to which version it has seen everything. */
  bookmark(annotations?: Record<string, string>): string {
    const { store, type, version, representation } = this.#watched;
    const metadata = { resourceVersion: String(store.resourceVersion), ...(annotations && { annotations }) };
    const isPartial = representation.kind === 'metadata';
    const kind = isPartial ? 'PartialObjectMetadata' : type.kind;
    const apiVersion = isPartial
      ? `meta.k8s.io/${representation.version}`
      : apiVersionOf(type.group, version);
    return `{"type":"BOOKMARK","object":${JSON.stringify({ kind, apiVersion, metadata })}}\n`;
  }
}
