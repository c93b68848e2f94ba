/** All clusters of a topology side by side, and the fixed addresses that their nodes will have. */
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { createCluster } from './clusters.ts';
import type { ImageCache } from './image-cache.ts';
import { ownName } from './labels.ts';
import type { DockerNetworks } from './networks.ts';
import type { RunContext } from './options.ts';

/**
 * kind's words to whoever chooses the network (pkg/cluster/internal/providers/docker/provider.go @v0.30.0).
 * We do, in every run.
 */
const EXPECTED_WARNING = /^WARNING: (?:Overriding docker network|Here be dragons)/;

/** Where nodes get images from, besides the registries themselves. */
interface ImageSource {
  readonly cache: ImageCache | undefined;
  readonly registryConfig: string | undefined;
}

/**
 * Creates the clusters side by side. The first failure ends the others; the error names all that failed by
 * themselves.
 * @returns cluster → path of its kubeconfig
 */
export async function createClusters(
  context: RunContext,
  { ofTopology, transit }: DockerNetworks,
  images: ImageSource,
): Promise<ReadonlyMap<ClusterName, string>> {
  const { topology, signal } = context;
  const controller = new AbortController();
  const both = AbortSignal.any([signal, controller.signal]);
  const addresses = fixedAddresses(topology.clusters, transit?.nodes ?? []);
  const attempts = await Promise.allSettled(
    topology.clusters.map(async spec => {
      const network = ofTopology.get(spec.network);
      if (!network) throw new Error(`${spec.network} is no network of this topology.`);
      try {
        const config = configOf(context, spec, addresses.get(spec.name)?.slice(0, 1) ?? [], images);
        return [spec.name, await createIn(network.name, config, context, both)] as const;
      } catch (error) {
        // Those that end because of this one have nothing of their own to tell.
        if (!both.aborted || error instanceof HarnessError) controller.abort(error);
        throw error;
      }
    }),
  );
  signal.throwIfAborted();
  throwFailures(attempts);
  return new Map(attempts.flatMap(attempt => (attempt.status === 'fulfilled' ? [attempt.value] : [])));
}

/** Writes what kind is asked for, for one cluster. */
const configOf = (
  { window, runId }: RunContext,
  spec: ClusterSpec,
  transitAddresses: readonly string[],
  { cache, registryConfig }: ImageSource,
): ClusterConfig => ({
  name: ownName(runId, spec.name),
  spec,
  nodeImage: window.nodeImage,
  transitAddresses,
  ...(cache && { mirrors: cache.folder }),
  needsMirrorPatch: window.needsMirrorPatch,
  ...(registryConfig !== undefined && { registryConfig }),
});

/** Has kind create a cluster and tells of its progress. @returns path of the kubeconfig */
function createIn(
  network: string,
  config: ClusterConfig,
  context: RunContext,
  signal: AbortSignal,
): Promise<string> {
  const { options, tell } = context;
  return createCluster(config, {
    ...context,
    network,
    signal,
    ...(options.createMs !== undefined && { createMs: options.createMs }),
    onProgress: message => {
      if (!EXPECTED_WARNING.test(message)) tell(`${config.spec.name}: ${message.trim()}`);
    },
  });
}

/** Throws what failed by itself: the error alone, or one that names all of several. */
function throwFailures(attempts: readonly PromiseSettledResult<unknown>[]): void {
  const failures = attempts.flatMap(attempt =>
    attempt.status === 'rejected' ? [attempt.reason as unknown] : [],
  );
  if (failures.length === 0) return;
  const own = [...new Set(failures)].filter(failure => failure instanceof HarnessError);
  const [first] = own.length > 0 ? own : failures;
  throw own.length > 1 ? new HarnessError('ERR_PLATFORM_NOT_READY', own.map(messageOf).join('\n')) : first;
}

/** Chooses each node's fixed address on the transit network, by cluster, the control plane's first. */
export function fixedAddresses(
  clusters: readonly ClusterSpec[],
  addresses: readonly string[],
): ReadonlyMap<ClusterName, readonly string[]> {
  let next = 0;
  const fixed = new Map<ClusterName, readonly string[]>();
  for (const { name, nodes } of clusters) {
    fixed.set(name, addresses.slice(next, next + nodes));
    next += nodes;
  }
  if (addresses.length > 0 && next > addresses.length) {
    throw new HarnessError(
      'ERR_PLATFORM_NOT_READY',
      `${next} nodes are more than the ${addresses.length} that a transit network is laid out for.`,
    );
  }
  return fixed;
}
