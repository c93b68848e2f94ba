/** Flags and variables that say something about a cluster by its name, such as `--context cluster1=…`. */
import { HarnessError } from '../../base/errors.ts';
import { type ClusterName, clusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';

/**
 * Finds a context for each cluster of a scenario.
 * @param pairs - `cluster1=my-context`, as `--context` has it; `variables` have what they leave out
 * @param variables - with the guide's `CTX_CLUSTER1` and so on
 * @returns cluster → context
 * @throws HarnessError ERR_USAGE, which names every cluster without a context
 */
export function contextNames(
  topology: Topology,
  pairs: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<ClusterName, string> {
  const given = new Map(
    pairs.map(pair => {
      const at = pair.indexOf('=');
      if (at < 1 || at === pair.length - 1)
        throw new HarnessError('ERR_USAGE', `"${pair}" names no context.`, {
          hint: 'Write it as --context cluster1=my-context.',
        });
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
  refuseTwice('--context', pairs);
  const known = topology.clusters.map(({ name }) => name);
  const unknown = [...given.keys()].filter(name => !known.some(cluster => cluster === name));
  if (unknown.length > 0) {
    throw new HarnessError('ERR_USAGE', `The scenario has no cluster ${unknown.join(', ')}.`, {
      hint: `Its clusters: ${known.join(', ')}`,
    });
  }
  const variableOf = (name: string) => `CTX_${name.toUpperCase().replaceAll('-', '_')}`;
  const names = new Map(
    known.map(name => [name, given.get(name) ?? variables[variableOf(name)] ?? ''] as const),
  );
  const missing = [...names].filter(([, context]) => context === '').map(([name]) => name);
  if (missing.length > 0) {
    throw new HarnessError('ERR_USAGE', `No context is known for ${missing.join(', ')}.`, {
      hint: missing.map(name => `--context ${name}=CONTEXT, or ${variableOf(name)}`).join('; '),
    });
  }
  return names;
}

/**
 * Refuses a cluster that a flag names more than once: the last would win without a word.
 * @param pairs - `cluster1=…`
 * @throws HarnessError ERR_USAGE, which names the cluster
 */
export function refuseTwice(flag: string, pairs: readonly string[]): void {
  const clusters = pairs.map(pair => pair.slice(0, pair.indexOf('=')));
  const twice = clusters.find((cluster, index) => clusters.indexOf(cluster) !== index);
  if (twice === undefined) return;
  const values = pairs.filter((_, index) => clusters[index] === twice).join(` and ${flag} `);
  throw new HarnessError('ERR_USAGE', `${twice} is named more than once: ${flag} ${values}.`, {
    hint: 'Leave all but one out.',
  });
}

/**
 * Takes every context that a variable like `CTX_CLUSTER1` or `--context` names, without a scenario that says
 * which clusters there are. The flag wins.
 */
export function namedContexts(
  pairs: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<ClusterName, string> {
  const ofVariables = Object.entries(variables).flatMap(
    ([variable, context = '']): readonly (readonly [string, string])[] => {
      const name = /^CTX_([A-Z0-9_]+)$/.exec(variable)?.[1]?.toLowerCase().replaceAll('_', '-');
      return name === undefined || context === '' ? [] : [[name, context]];
    },
  );
  refuseTwice('--context', pairs);
  const ofFlags = pairs.map(
    pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const,
  );
  return new Map(
    [...ofVariables, ...ofFlags].map(([name, context]) => [clusterName(name), context] as const),
  );
}

/**
 * Reads `--api-server cluster1=https://…`.
 * @returns cluster → the address at which the other clusters reach its API server
 * @throws HarnessError ERR_USAGE if a pair names no cluster of the scenario, or no address
 */
export function apiServersOf(
  { clusters }: Topology,
  pairs: readonly string[],
): ReadonlyMap<ClusterName, string> {
  refuseTwice('--api-server', pairs);
  return new Map(
    pairs.map(pair => {
      const [, name, server] = /^([^=]+)=(https:\/\/\S+)$/.exec(pair) ?? [];
      const cluster = clusters.find(each => each.name === name)?.name;
      if (cluster === undefined || server === undefined || !URL.canParse(server)) {
        throw new HarnessError('ERR_USAGE', `"${pair}" names no API server of this scenario.`, {
          hint: 'Write it as --api-server cluster1=https://192.0.2.1:6443.',
        });
      }
      return [cluster, server] as const;
    }),
  );
}

/** Finds what `--api-server` says of one cluster, without a scenario to check it against. */
export const namedApiServer = (cluster: ClusterName, pairs: readonly string[]): string | undefined =>
  pairs.find(pair => pair.startsWith(`${cluster}=`))?.slice(cluster.length + 1);
