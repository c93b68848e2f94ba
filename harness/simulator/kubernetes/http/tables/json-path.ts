/** The part of JSONPath that printer columns use: fields, quoted fields, indices, and filters by equality. */
import { isObject, listOf } from '../../registry/json.ts';

/** A step: `.a`, `['a']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`. */
const STEP =
  /\.([A-Za-z0-9_$-]+(?:\\\.[A-Za-z0-9_$/-]+)*)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+|\*)\]|\[\?\(@\.([A-Za-z0-9_.]+)\s*==\s*["']([^"']*)["']\)\]/y;

/** Finds the first value at the path. */
export function readPath(object: unknown, path: string): unknown {
  let values: unknown[] = [object];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (!match) return undefined;
    const [, field, quoted, index, filterField, filterValue] = match;
    if (field !== undefined || quoted !== undefined) {
      const key = (field ?? quoted ?? '').replace(/\\(.)/g, '$1');
      values = values.filter(isObject).map(value => (Object.hasOwn(value, key) ? value[key] : undefined));
    } else if (index !== undefined) {
      values = values.flatMap(value => (index === '*' ? listOf(value) : [listOf(value)[Number(index)]]));
    } else if (filterField !== undefined) {
      values = values
        .flatMap(listOf)
        .filter(value => String(readPath(value, `.${filterField}`)) === filterValue);
    }
    values = values.filter(value => value !== undefined);
  }
  return values[0];
}
