/** Versions of kubelets, for what depends on the age of a cluster. */

/** `v1.32.0` → 32; 0 if it cannot be read. */
export const minorOf = (version: string): number => Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
