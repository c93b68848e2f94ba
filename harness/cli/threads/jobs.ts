/** How many scenarios run at once: as many as there are cores, and as their meshes leave memory. Pure. */

/** What a simulated mesh takes at its peak, in MB (docs/performance.md has what was measured). */
const MB = { ofThread: 150, ofPair: 1.5 } as const;

/** What there is to run on. */
interface Machine {
  readonly cores: number;
  /** Memory that is left, in bytes. */
  readonly freeBytes: number;
}

/**
 * Chooses how many scenarios run at once.
 * @param asked - by the user, who then has to know what memory there is
 * @param clusters - the number of clusters of each scenario
 * @returns 1 at least
 */
export function jobsFor(
  asked: number | undefined,
  clusters: readonly number[],
  { cores, freeBytes }: Machine,
): number {
  const most = Math.min(asked ?? cores, clusters.length);
  if (asked !== undefined) return Math.max(1, most);
  const largestFirst = clusters.map(megabytesOf).sort((one, other) => other - one);
  let jobs = 1;
  let taken = largestFirst[0] ?? 0;
  for (const next of largestFirst.slice(1, most)) {
    taken += next;
    if (taken * 2 ** 20 > freeBytes) break;
    jobs += 1;
  }
  return jobs;
}

const megabytesOf = (clusters: number): number => MB.ofThread + MB.ofPair * clusters ** 2;
