/** The versions of HelloWorld in a cluster whose scenario names none. */
import { VERSIONS } from './schema.ts';

/**
 * Chooses the versions of a cluster as the guide does: v1 in the first cluster, v2 in the second; further
 * clusters alternate.
 * @param index - of the cluster, from 0
 */
export const defaultVersions = (index: number): readonly string[] => [VERSIONS[index % 2] ?? 'v1'];
