/** All clusters of a topology side by side, and the fixed addresses that their nodes will have. */
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { createCluster } from './clusters.ts';
import { placesFor } from './creation-places.ts';
import { creationError, type FailedCreation, missedDeadline } from './failed-creation.ts';
import type { ImageCache } from './image-cache.ts';
import { kindWords, saysThatItAnswers } from './kind-words.ts';
import { ownName } from './labels.ts';
import type { DockerNetworks } from './networks.ts';
import type { RunContext } from './options.ts';
import { kubeletsOf, makeRoomForSecondTry } from './second-try.ts';

/** Where nodes get images from, besides the registries themselves. */
interface ImageSource {
  readonly cache: ImageCache | undefined;
  readonly registryConfig: string | undefined;
}

/**
 * Makes a cluster.
 * @param onAnswer - called when its API server answers
 * @returns path of its kubeconfig, or how it failed
 */
type Make = (
  spec: ClusterSpec,
  signal: AbortSignal,
  onAnswer?: () => void,
) => Promise<string | FailedCreation>;

/**
 * Creates the clusters side by side, as many at a time as the machine bears. The first failure ends the
 * others; the error names all that failed by themselves. One whose kubeadm had no answer in time is made once
 * more, alone, when the others are up.
 * @param onAnswers - called when a cluster's API server answers, while kind still goes on
 * @returns cluster → path of its kubeconfig
 */
export async function createClusters(
  context: RunContext,
  networks: DockerNetworks,
  images: ImageSource,
  onAnswers: (cluster: ClusterName) => void = () => {},
): Promise<ReadonlyMap<ClusterName, string>> {
  const { topology, signal } = context;
  const controller = new AbortController();
  const both = AbortSignal.any([signal, controller.signal]);
  const make = makerOf(context, networks, images, onAnswers);
  const places = await placesFor(context);
  const attempts = await Promise.allSettled(
    topology.clusters.map(async spec => {
      const leave = await places.take(both);
      try {
        const made = await make(spec, both, leave);
        return [spec.name, typeof made === 'string' ? made : await secondTry(made)] as const;
      } catch (error) {
        // Those that end because of this one have nothing of their own to tell.
        if (!both.aborted || error instanceof HarnessError) controller.abort(error);
        throw error;
      } finally {
        leave();
      }
    }),
  );
  signal.throwIfAborted();
  throwFailures(attempts);
  const made = attempts.flatMap(attempt => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const kubeconfigs = new Map<ClusterName, string>();
  for (const [name, kubeconfig] of made)
    kubeconfigs.set(name, typeof kubeconfig === 'string' ? kubeconfig : await kubeconfig());
  return kubeconfigs;

  /** @throws HarnessError unless another try may help; the others end meanwhile */
  async function secondTry(failure: FailedCreation): Promise<() => Promise<string>> {
    const isLate = missedDeadline(failure);
    if (!isLate) controller.abort(new Error(`${failure.cluster} was not created`));
    const kubelets = await kubeletsOf(context, failure.cluster);
    if (!isLate || kubelets.length > 0) throw creationError(failure, { kubelets });
    await makeRoomForSecondTry(context, failure.cluster);
    return () => makeAgain(context, failure.cluster, make);
  }
}

async function makeAgain(context: RunContext, name: ClusterName, make: Make): Promise<string> {
  const spec = context.topology.clusters.find(each => each.name === name);
  if (!spec) throw new Error(`${name} is no cluster of this topology.`);
  context.tell(`${name}: once more, alone`);
  const made = await make(spec, context.signal);
  if (typeof made === 'string') return made;
  throw creationError(made, { kubelets: await kubeletsOf(context, name), isSecond: true });
}

/** Prepares what the creations of all clusters share. */
function makerOf(
  context: RunContext,
  { ofTopology, transit }: DockerNetworks,
  images: ImageSource,
  onAnswers: (cluster: ClusterName) => void,
): Make {
  const { topology, options, tell } = context;
  const addresses = fixedAddresses(topology.clusters, transit?.nodes ?? []);
  return (spec, signal, onAnswer) => {
    const network = ofTopology.get(spec.network);
    if (!network) throw new Error(`${spec.network} is no network of this topology.`);
    const config = configOf(context, spec, addresses.get(spec.name)?.slice(0, 1) ?? [], images);
    const tellWords = kindWords(words => tell(`${spec.name}: ${words}`));
    return createCluster(config, {
      ...context,
      network: network.name,
      signal,
      ...(options.createMs !== undefined && { createMs: options.createMs }),
      onLine: line => {
        tellWords(line);
        if (!saysThatItAnswers(line)) return;
        onAnswer?.();
        onAnswers(spec.name);
      },
    });
  };
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
