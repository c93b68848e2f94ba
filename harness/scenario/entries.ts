/**
 * Reads the clusters and networks in a scenario file, one by one, even if the rest of the file is invalid:
 * those that stand there by themselves, and those of groups (`count: 48`).
 */
import { MAX_CLUSTERS } from './ranges.ts';

/** Tells a mapping of YAML from lists, texts and nothing. */
export const isMapping = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands for the number of one in a group's name: `remote{n}`. */
export const NUMBER = '{n}';

/** A mapping that stands for several clusters, or networks, of a name with a number. */
export const isGroup = (value: unknown): value is Record<PropertyKey, unknown> =>
  isMapping(value) && Object.hasOwn(value, 'count');

/** The lists of a file that may have groups → how those of a group are called if it does not say. */
const DEFAULT_NAMES = { networks: `network${NUMBER}`, clusters: `cluster${NUMBER}` } as const;
/** A list of a file. */
export type List = keyof typeof DEFAULT_NAMES;

/** One network or cluster, and where it stands: `clusters[1]`. */
export interface Entry {
  readonly where: string;
  /** Among those of its list, from 0; groups count as many as they are. */
  readonly index: number;
  /** As if it stood there by itself. */
  readonly fields: Record<PropertyKey, unknown>;
  /** What its group says of the name of each; undefined for one that stands there by itself. */
  readonly pattern?: string;
}

/** What stands in a list, and whether it stands for several. */
interface Listed {
  readonly where: string;
  readonly value: unknown;
  readonly isGroup: boolean;
}

/** Lists what stands below a key, each with its path: the entries of a list, or one group in place of it. */
export function listed(content: unknown, key: List): readonly Listed[] {
  const value = isMapping(content) ? content[key] : undefined;
  if (isMapping(value)) return [{ where: key, value, isGroup: true }];
  return (Array.isArray(value) ? value : []).map((each: unknown, index) => ({
    where: `${key}[${index}]`,
    value: each,
    isGroup: isGroup(each),
  }));
}

/** Tells for how many something in a list stands; undefined if its number cannot be read. */
export function sizeOf({ value, isGroup }: Listed): number | undefined {
  if (!isGroup || !isMapping(value)) return 1;
  const { count } = value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 1 ? count : undefined;
}

/** Tells how many entries a list has in all; undefined if a group does not say how many it is. */
export function countOf(content: unknown, key: List): number | undefined {
  let count = 0;
  for (const part of listed(content, key)) {
    const size = sizeOf(part);
    if (size === undefined) return undefined;
    count += size;
  }
  return count;
}

/**
 * Lists the networks or clusters of a file; whatever else is there, the schema tells. In a group the name has
 * the number of each in place of `{n}`, counted from 1 for all groups with this pattern; and of a list for
 * `network` or `controlPlane`, or of a group that is named by its pattern there, each gets one by turns.
 * None of too many, or of a group whose number cannot be read.
 */
export function entriesOf(content: unknown, key: List): Entry[] {
  const count = countOf(content, key);
  if (count === undefined || count > MAX_CLUSTERS) return [];
  const entries: Entry[] = [];
  const numbers = new Map<string, number>();
  let index = 0;
  for (const { where, value, isGroup } of listed(content, key)) {
    if (!isGroup || !isMapping(value)) {
      if (isMapping(value)) entries.push({ where, index, fields: value });
      index += 1;
      continue;
    }
    const { count: size, name = DEFAULT_NAMES[key], ...rest } = value;
    const pattern = typeof name === 'string' ? name : '';
    for (let turn = 0; turn < Number(size); turn += 1, index += 1) {
      const number = (numbers.get(pattern) ?? 0) + 1;
      numbers.set(pattern, number);
      const named = { ...rest, name: pattern.replaceAll(NUMBER, String(number)) };
      entries.push({ where, index, fields: named, pattern });
    }
  }
  return entries;
}

/** The fields of a cluster's group that may name several, of which each cluster has one. */
const BY_TURNS = ['network', 'controlPlane', 'region'] as const;

/**
 * Gives each cluster of a group its network and its control plane, by turns: of a list, or of all that have
 * the name with a number that stands there.
 */
export function dealOut(networks: readonly Entry[], clusters: readonly Entry[]): Entry[] {
  const turns = new Map<string, number>();
  const choices = { network: networks, controlPlane: clusters, region: [] };
  return clusters.map(entry => {
    if (entry.pattern === undefined) return entry;
    const fields = { ...entry.fields };
    const turn = turns.get(entry.where) ?? 0;
    turns.set(entry.where, turn + 1);
    for (const field of BY_TURNS) {
      const given = fields[field];
      const names = Array.isArray(given) ? given : namesLike(choices[field], given);
      if (names.length > 0) fields[field] = names[turn % names.length];
    }
    return { ...entry, fields };
  });
}

/** Lists the names of those whose groups have this pattern. */
const namesLike = (entries: readonly Entry[], pattern: unknown): readonly unknown[] =>
  entries
    .filter(entry => entry.pattern !== undefined && entry.pattern === pattern)
    .map(({ fields }) => fields['name']);

/** Reads a field; undefined if it is no text. */
export const textOf = (entry: Entry, key: string): string | undefined => {
  const value = entry.fields[key];
  return typeof value === 'string' ? value : undefined;
};
