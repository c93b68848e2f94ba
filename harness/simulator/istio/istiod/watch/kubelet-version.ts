/** The age of a cluster's nodes, by the versions of their kubelets. */

/** Finds the lowest version among those of nodes: `v1.32.0`; empty without nodes. */
export const oldestVersion = (versions: readonly string[]): string =>
  versions.toSorted((a, b) => minorOf(a) - minorOf(b))[0] ?? '';

/** Reads the minor version: `v1.32.0` → 32; 0 if it cannot be read. */
export const minorOf = (version: string): number => Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
