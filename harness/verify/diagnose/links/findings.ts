/** Makes findings: for each cluster, or for each pair of a control plane and a cluster that it reads. */
import type { ClusterName } from '../../../model/names.ts';
import { type ClusterSpec, isRemote } from '../../../model/topology.ts';
import { NotAsked } from '../cluster-objects.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Installed } from '../installed.ts';
import { inOrder } from '../steps.ts';
import type { Chain } from './chain.ts';
import type { Finding } from './link.ts';

/** A link that holds. */
export const ok = (seen: string): Finding => ({ outcome: 'ok', seen });
/** A link that nobody could be asked about, and why. */
export const notAsked = (why: string): Finding => ({ outcome: 'not-asked', seen: why });
/** A link that this topology does not have, and why. */
export const notApplicable = (why: string): Finding => ({ outcome: 'not-applicable', seen: why });

/** What a broken finding has besides its words. */
type More = Pick<Finding, 'repair' | 'isHarmless' | 'isEnvironment'>;

/**
 * Makes the finding of a broken link.
 * @param seen - a clause; with a full stop it is the cause's sentence too, unless that is told apart
 * @param steps - ids of steps to look at, most likely first
 */
export function broken(
  seen: string,
  steps: readonly (readonly string[])[],
  more: More & { readonly sentence?: string } = {},
): Finding {
  const { sentence = `${seen[0]?.toUpperCase() ?? ''}${seen.slice(1)}.`, ...rest } = more;
  return { outcome: 'broken', seen, cause: { sentence, steps: inOrder(...steps) }, ...rest };
}

/** A cluster that has facts. */
export interface Reached {
  readonly name: ClusterName;
  readonly facts: ClusterFacts;
  readonly installed: Installed;
}

/** Returns a cluster's facts; undefined if its API server could not be asked. */
export function reached({ clusters, installed }: Chain, name: ClusterName): Reached | undefined {
  const [facts, names] = [clusters.get(name), installed.get(name)];
  return facts && names && { name, facts, installed: names };
}

/** Asks, and says so where an API server refused. */
function asking(cluster: ClusterName, ask: () => readonly Finding[] | Finding): readonly Finding[] {
  try {
    return [ask()].flat().map(finding => ({ ...finding, cluster }));
  } catch (error) {
    if (!(error instanceof NotAsked)) throw error;
    return [{ ...notAsked(`${cluster}: ${error.message}`), cluster }];
  }
}

const unreachable = (name: ClusterName): Finding => ({
  ...notAsked(`the API server of ${name} was not reached`),
  cluster: name,
});

/** Looks at some clusters of the topology, one by one. */
export function eachOf(
  chain: Chain,
  specs: readonly ClusterSpec[],
  look: (cluster: Reached) => readonly Finding[] | Finding,
): readonly Finding[] {
  return specs.flatMap(({ name }) => {
    const cluster = reached(chain, name);
    return cluster ? asking(name, () => look(cluster)) : [unreachable(name)];
  });
}

/** Looks at each pair of a primary, and another cluster of the mesh that its istiod is to read. */
export function eachPair(
  chain: Chain,
  look: (primary: Reached, other: Reached) => readonly Finding[] | Finding,
): readonly Finding[] {
  const { clusters } = chain.topology;
  if (clusters.length < 2) return [notApplicable('there is one cluster only')];
  return clusters
    .filter(spec => !isRemote(spec))
    .flatMap(primary =>
      clusters
        .filter(({ name }) => name !== primary.name)
        .flatMap(other => {
          const [from, to] = [reached(chain, primary.name), reached(chain, other.name)];
          if (!from) return [unreachable(primary.name)];
          return to ? asking(from.name, () => look(from, to)) : [unreachable(other.name)];
        }),
    );
}

/** Writes the variable that holds a cluster's context, as the guide's script has it: `${CTX_CLUSTER1}`. */
export const contextOf = (name: ClusterName): string =>
  `--context="\${CTX_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}}"`;
