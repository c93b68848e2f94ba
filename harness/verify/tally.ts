/** Answers counted: by instance and error, in their order, and in words. */
import { MOST_TOLD, rangeOf, round } from './figures.ts';
import type { Answer } from './sampling.ts';
import type { Tally } from './traffic.ts';

/** Calls from this many seconds on are counted as slow. */
const SLOW_SECONDS = 1;

/** Returns the cluster with the pod of this name; null if no cluster has such a pod. */
export type Locate = (instance: string, version: string) => string | null;

/** Counts answers by instance and errors by kind. */
export function tally(answers: readonly Answer[], locate: Locate, clusterOrder: readonly string[]): Tally {
  const instances = new Map<
    string,
    { cluster: string | null; version: string; instance: string; count: number }
  >();
  const errors = new Map<string, number>();
  for (const answer of answers) {
    if (answer.kind === 'error') {
      errors.set(answer.error, (errors.get(answer.error) ?? 0) + 1);
      continue;
    }
    const { version, instance } = answer;
    const key = `${version} ${instance}`;
    const entry = instances.get(key) ?? { cluster: locate(instance, version), version, instance, count: 0 };
    entry.count += 1;
    instances.set(key, entry);
  }
  const rank = (cluster: string | null) =>
    cluster === null ? clusterOrder.length : clusterOrder.indexOf(cluster);
  return {
    requests: answers.length,
    instances: [...instances.values()].sort(
      (a, b) =>
        rank(a.cluster) - rank(b.cluster) || compare(a.version, b.version) || compare(a.instance, b.instance),
    ),
    errors: [...errors]
      .map(([error, count]) => ({ error, count }))
      .sort((a, b) => b.count - a.count || compare(a.error, b.error)),
    slow: answers.filter(({ seconds }) => seconds >= SLOW_SECONDS).length,
    // One by one: a mesh of a hundred clusters has more answers than a call takes arguments.
    longestSeconds: round(
      answers.reduce((longest, { seconds }) => Math.max(longest, seconds), 0),
      3,
    ),
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Returns how many answers of the tally came from this cluster. */
export function countFrom(counted: Tally, cluster: string): number {
  return counted.instances
    .filter(entry => entry.cluster === cluster)
    .reduce((sum, { count }) => sum + count, 0);
}

/**
 * Writes the answers in order, one letter each.
 * @returns also what the letters mean, and how often an answer came from another instance than the one before
 */
export function sequenceOf(
  answers: readonly Answer[],
  counted: Tally,
): {
  readonly sequence: string;
  readonly legend: Readonly<Record<string, string>>;
  readonly switches: number;
} {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const letterOf = new Map<string, string>();
  const legend: Record<string, string> = {};
  for (const [index, { cluster, version, instance }] of counted.instances.entries()) {
    const letter = letters[index] ?? '?';
    letterOf.set(`${version} ${instance}`, letter);
    legend[letter] =
      letter === '?' ? 'another instance' : `${cluster ?? 'no cluster'} → helloworld ${version}`;
  }
  let switches = 0;
  let previous: string | undefined;
  const sequence = answers.map(answer => {
    if (answer.kind === 'error') return '!';
    const key = `${answer.version} ${answer.instance}`;
    if (previous !== undefined && previous !== key) switches += 1;
    previous = key;
    return letterOf.get(key) ?? '?';
  });
  return { sequence: sequence.join(''), legend, switches };
}

/** Writes `148 from cluster1, 152 from cluster2`, and the errors, most frequent first. */
export function describeTally(counted: Tally, clusters: readonly string[]): string {
  const parts = describeCounts(
    clusters.map(cluster => ({ cluster, count: countFrom(counted, cluster) })),
    ({ cluster, count }) => `${count} from ${cluster}`,
  );
  const strangers = counted.instances.filter(({ cluster }) => cluster === null);
  if (strangers.length > 0) {
    parts.push(
      `${strangers.reduce((sum, { count }) => sum + count, 0)} from no known pod (${strangers[0]?.instance})`,
    );
  }
  for (const { error, count } of counted.errors.slice(0, 3)) parts.push(`${count} × ${error}`);
  if (counted.slow > 0)
    parts.push(`${counted.slow} took a second or more (up to ${counted.longestSeconds} s)`);
  return parts.join(', ');
}

/**
 * Writes what each cluster gave, a text for each. Of many: `17 to 20 from each of 50 clusters`, and by name
 * those that gave nothing, of which the first few: `none from cluster7`.
 */
function describeCounts(
  counts: readonly { readonly cluster: string; readonly count: number }[],
  one: (entry: { readonly cluster: string; readonly count: number }) => string,
): string[] {
  if (counts.length <= MOST_TOLD) return counts.map(one);
  const silent = counts.filter(({ count }) => count === 0).map(({ cluster }) => cluster);
  const others = counts.map(({ count }) => count).filter(count => count > 0);
  const more = silent.length > MOST_TOLD ? [`${silent.length - MOST_TOLD} more`] : [];
  const range = rangeOf(others);
  return [
    ...(silent.length > 0 ? [`none from ${[...silent.slice(0, MOST_TOLD), ...more].join(', ')}`] : []),
    ...(others.length > 0
      ? [`${range} from each of ${others.length} ${silent.length > 0 ? 'others' : 'clusters'}`]
      : []),
  ];
}
