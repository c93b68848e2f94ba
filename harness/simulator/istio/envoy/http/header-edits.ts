/** Changes headers as routes ask for it (source/common/router/header_parser.cc @v1.30): first what goes. */
import type { HeaderEdits } from '../../xds/routes.ts';

/**
 * Returns the headers after all changes, one after the other.
 * @param headers - names and values in turn, names in lower case
 */
export const editedHeaders = (
  headers: readonly string[],
  changes: readonly (HeaderEdits | undefined)[],
): readonly string[] => {
  let result = headers;
  for (const edits of changes) result = edited(result, edits);
  return result;
};

/** Returns the headers after one change. */
export function edited(headers: readonly string[], edits: HeaderEdits | undefined): readonly string[] {
  if (!edits) return headers;
  let result = without(headers, name => edits.remove.includes(name));
  for (const { name, value, isAppended } of edits.add) {
    const kept = isAppended ? result : without(result, other => other === name);
    result = [...kept, name, value];
  }
  return result;
}

const without = (headers: readonly string[], goes: (name: string) => boolean): readonly string[] =>
  headers.filter((_, at) => !goes(headers[at - (at % 2)] ?? ''));
