/** The API groups with their versions, the preferred one first. */
import type { ResourceType } from './resources.ts';

/** A named group. */
export interface Group {
  readonly name: string;
  readonly versions: readonly string[];
}

/** Returns the named groups of these types, in the order of their first types, without the core group. */
export function groupsOf(types: readonly ResourceType[]): Group[] {
  const groups = new Map<string, Set<string>>();
  for (const type of types) {
    if (type.group === '') continue;
    const versions = groups.get(type.group) ?? new Set();
    for (const version of type.versions) versions.add(version);
    groups.set(type.group, versions);
  }
  return [...groups].map(([name, versions]) => ({ name, versions: [...versions].sort(byPriority) }));
}

/** v2 before v1, v1 before v1beta1 before v1alpha1 (apimachinery pkg/version/helpers.go). */
export function byPriority(a: string, b: string): number {
  const read = (version: string) => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (!match) return [0, 0, 0];
    return [
      match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1,
      Number(match[1]),
      Number(match[3] ?? 0),
    ];
  };
  const [first, second] = [read(a), read(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (second[index] ?? 0) - (first[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}
