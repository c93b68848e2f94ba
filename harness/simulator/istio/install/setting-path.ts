/**
 * Paths into objects, as `--set` and overlays have them: `a.b\.c[0].d`, `containers[name:discovery].args`.
 * operator/pkg/values/map.go, operator/pkg/util/path.go @1.30.3
 */
import { InstallError } from './install-error.ts';

/** A step: a field, an entry of a list by its place, or by one of its fields; -1 is behind the last. */
type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'place'; readonly index: number }
  | { readonly kind: 'entry'; readonly key: string; readonly value: string };

/** @throws InstallError for brackets with something else in them */
function stepsOf(path: string): readonly Step[] {
  return path
    .split(/(?<!\\)\./)
    .filter(part => part !== '')
    .flatMap(part => {
      const plain = part.replaceAll('\\.', '.');
      const at = plain.indexOf('[');
      if (at < 0) return [{ kind: 'field', name: plain } as const];
      const name = plain.slice(0, at);
      const inside = bracketOf(plain.slice(at));
      return name === '' ? [inside] : [{ kind: 'field', name } as const, inside];
    });
}

function bracketOf(text: string): Step {
  const inside = /^\[(.*)\]$/s.exec(text)?.[1] ?? '';
  const index = Number(inside);
  if (/^-?\d+$/.test(inside)) return { kind: 'place', index };
  const at = inside.indexOf(':');
  if (at <= 0) throw new InstallError(`unknown segment ${text}`);
  return { kind: 'entry', key: inside.slice(0, at), value: inside.slice(at + 1) };
}

/** Tells whether a value is a JSON object, not a list. */
export const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Writes a value into a copy of an object; what is missing on the way is made.
 * @param value - undefined and null take away what is there
 * @throws InstallError if the path does not fit
 */
export const writeAt = (root: unknown, path: string, value: unknown): unknown =>
  written(root, stepsOf(path), value, path);

function written(node: unknown, [step, ...rest]: readonly Step[], value: unknown, path: string): unknown {
  if (!step) return value ?? undefined;
  if (step.kind === 'field') return inObject(node, step.name, rest, value, path);
  if (node !== undefined && node !== null && !Array.isArray(node))
    throw new InstallError(`path ${path}: there is no list`);
  const list: unknown[] = [...(node ?? [])];
  const at = placeOf(list, step, path);
  const now = written(list[at], rest, value, path);
  list.splice(at, 1, ...(now === undefined ? [] : [now]));
  return list;
}

function inObject(
  node: unknown,
  name: string,
  rest: readonly Step[],
  value: unknown,
  path: string,
): Readonly<Record<string, unknown>> {
  if (node !== undefined && node !== null && !isTree(node))
    throw new InstallError(`path ${path}: ${name} is not in an object`);
  const { [name]: before, ...others } = { ...node };
  const now = written(before, rest, value, path);
  return now === undefined ? others : { ...node, [name]: now };
}

/** @returns an index into the list, or its length: an entry that will be added */
function placeOf(
  list: readonly unknown[],
  step: Exclude<Step, { readonly kind: 'field' }>,
  path: string,
): number {
  if (step.kind === 'place') {
    const isInside = step.index >= 0 && step.index < list.length;
    return isInside ? step.index : list.length;
  }
  const { key, value } = step;
  const found = list.findIndex(entry => isTree(entry) && String(entry[key]) === value);
  if (found < 0) throw new InstallError(`path ${path}: element [${key}:${value}] not found`);
  return found;
}
