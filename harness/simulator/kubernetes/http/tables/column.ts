/** One column of a table, and the cells that many kinds share. */
import {
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  stringsOf,
} from '../../registry/json.ts';
import { formatLabelSelector, selectorFromObject } from '../../registry/selectors/label-selector.ts';
import { age } from './age.ts';

/** A column of a table, and how to compute its cells. */
export interface Column {
  readonly name: string;
  /** `string` by default. */
  readonly type?: string;
  readonly format?: string;
  /** 1: shown by `-o wide` only. */
  readonly priority?: number;
  readonly description?: string;
  /** @param now - milliseconds since the epoch */
  readonly cell: (object: KubernetesObject, now: number) => unknown;
}

/** The cell of an absent value. */
export const NONE = '<none>';
/** The cell of a field that nobody set. */
export const UNSET = '<unset>';
/** The cell of a value that its reporter did not tell. */
export const UNKNOWN = '<unknown>';

/** Returns the object's `spec`; empty if it is absent. */
export const spec = (object: KubernetesObject): JsonObject => objectOf(object['spec']);
/** Returns the object's `status`; empty if it is absent. */
export const status = (object: KubernetesObject): JsonObject => objectOf(object['status']);

/** The first column of nearly every kind. */
export const NAME: Column = { name: 'Name', format: 'name', cell: object => object.metadata.name };
/** The time since the creation. */
export const AGE: Column = {
  name: 'Age',
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};
/** The timestamp as it is. */
export const CREATED_AT: Column = {
  name: 'Created At',
  type: 'date',
  cell: object => object.metadata.creationTimestamp,
};

/** Makes a column that is always shown. */
export const text = (name: string, cell: Column['cell']): Column => ({ name, cell });
/** Makes a column that `-o wide` alone shows. */
export const wide = (name: string, cell: Column['cell']): Column => ({ name, priority: 1, cell });
/** Makes a column whose cells are numbers. */
export const integer = (name: string, cell: Column['cell']): Column => ({ name, type: 'integer', cell });

/** Reads a count; an absent one is 0. */
export const number = (value: unknown): number => Number(value ?? 0);

/** Reads a count of the object's status; an absent one is 0. */
export const replicas = (object: KubernetesObject, field: string): number => number(status(object)[field]);

/** Writes a map as `a=b,c=d`, sorted; `<none>` for an empty one. */
export function formatMap(map: unknown): string {
  const entries = Object.entries(stringsOf(map)).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? NONE : entries.map(([key, value]) => `${key}=${value}`).join(',');
}

/** Formats a `LabelSelector` object; `<none>` for one that is absent or empty. */
export function formatSelector(selector: unknown): string {
  const parsed = selectorFromObject(selector);
  return parsed === undefined || parsed.length === 0 ? NONE : formatLabelSelector(parsed);
}

/**
 * Makes the columns of containers and images, for `-o wide`.
 * @param podSpec - finds the spec of the pods
 */
export function containerColumns(podSpec: (object: KubernetesObject) => JsonObject): readonly Column[] {
  const cell = (field: string) => (object: KubernetesObject) =>
    objectsOf(podSpec(object)['containers'])
      .map(container => stringOf(container[field]))
      .join(',');
  return [wide('Containers', cell('name')), wide('Images', cell('image'))];
}

/** Containers and images of a template, for `-o wide`. */
export const TEMPLATE_COLUMNS: readonly Column[] = containerColumns(object =>
  objectOf(objectOf(spec(object)['template'])['spec']),
);

/** The selector of a workload, shown by `-o wide`. */
export const SELECTOR: Column = wide('Selector', object => formatSelector(spec(object)['selector']));

/** Writes the first few, and the number of the others. */
export function firstOf(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).join(',');
  return items.length > most ? `${shown} + ${items.length - most} more...` : shown;
}

/** Returns the texts of a list and drops all else. */
export const strings = (value: unknown): string[] => listOf(value).filter(entry => typeof entry === 'string');
