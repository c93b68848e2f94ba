/** How paths are normalized, to fields of HttpConnectionManager and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { booleanOf, wrapped } from '../proto/well-known.ts';
import type { EscapedSlashes, PathOptions } from '../resources.ts';

/** HttpConnectionManager.PathWithEscapedSlashesAction; the first is what an implementation has by default. */
const ACTIONS: readonly EscapedSlashes[] = [
  'KEEP_UNCHANGED',
  'KEEP_UNCHANGED',
  'REJECT_REQUEST',
  'UNESCAPE_AND_REDIRECT',
  'UNESCAPE_AND_FORWARD',
];

/** Returns the fields. */
export const pathOptionsOf = ({ normalizes, mergesSlashes, escapedSlashes }: PathOptions): ProtoMessage => ({
  normalize_path: wrapped(normalizes),
  ...(mergesSlashes && { merge_slashes: true }),
  ...(escapedSlashes !== undefined && {
    path_with_escaped_slashes_action: ACTIONS.lastIndexOf(escapedSlashes),
  }),
});

/** Reads the fields. @returns undefined if paths stay as they come */
export function readPathOptions(fields: Fields): PathOptions | undefined {
  const normalizes = fields.message('normalize_path', booleanOf) ?? false;
  const mergesSlashes = fields.boolean('merge_slashes');
  const action = fields.number('path_with_escaped_slashes_action');
  const escapedSlashes = ACTIONS[action] ?? 'KEEP_UNCHANGED';
  if (!normalizes && !mergesSlashes && action === 0) return undefined;
  return { normalizes, mergesSlashes, ...(action !== 0 && { escapedSlashes }) };
}
