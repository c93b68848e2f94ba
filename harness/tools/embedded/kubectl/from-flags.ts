/** `--from-file` and `--from-literal`: the entries of a Secret or ConfigMap to create. */
import { messageOf } from '../../../base/errors.ts';
import { type Invocation, ToolExit } from '../invocation.ts';
import { isMissing } from './documents.ts';
import type { Call } from './verb.ts';

/** `--from-file=[key=]path` (a folder stands for its files) and `--from-literal=key=value`. */
export function readEntries({ flags, invocation }: Call): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  const add = (key: string, value: string) => {
    if (entries.has(key))
      throw new ToolExit(`error: cannot add key ${key}, another key by that name already exists`);
    entries.set(key, value);
  };
  for (const source of flags.list('from-file')) {
    const equals = source.indexOf('=');
    const path = source.slice(equals + 1);
    const inside = equals < 0 ? invocation.listFolder(path) : undefined;
    if (inside)
      for (const name of inside) add(name, invocation.readFile(`${path.replace(/\/$/, '')}/${name}`));
    else
      add(
        equals < 0 ? (path.split('/').at(-1) ?? path) : source.slice(0, equals),
        readEntry(invocation, path),
      );
  }
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals < 1) throw new ToolExit(`error: invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1));
  }
  return entries;
}

function readEntry(invocation: Invocation, path: string): string {
  try {
    return invocation.readFile(path);
  } catch (error) {
    if (isMissing(error)) {
      throw new ToolExit(`error: error reading ${path}: ${messageOf(error).replace(/^open/, 'stat')}`);
    }
    throw error;
  }
}
