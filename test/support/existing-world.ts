/** Clusters of a user's, in whose place simulated ones stand on loopback. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { mergeKubeconfigs } from '../../harness/model/kubeconfig.ts';
import { markSimulated } from '../../harness/model/simulated-cluster.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { ExistingPlatform } from '../../harness/platform/existing/existing-platform.ts';
import type { ExistingOptions } from '../../harness/platform/existing/options.ts';
import { createWorld, type World } from '../../harness/simulator/world.ts';
import { allObjects } from './all-objects.ts';

export interface ExistingWorld extends AsyncDisposable {
  readonly world: World;
  /** A file with the contexts `ctx-cluster1`, `ctx-cluster2`, …. */
  readonly kubeconfig: string;
  /** Cluster → a document with one context. */
  readonly documents: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, KubernetesClient>;
  readonly state: string;
  platform(more?: Partial<ExistingOptions>): ExistingPlatform;
}

export interface ExistingWorldOptions {
  /** A folder of the test's own. */
  readonly folder: string;
  readonly edition?: string;
  /** Whether the kubeconfig says that they are simulated; true by default. */
  readonly isMarked?: boolean;
  /** Whether the clusters say so of themselves, as ours do: by default if the kubeconfig does. */
  readonly sayTheyAre?: boolean;
}

/** The clusters that the topology asks for, and a kubeconfig with all of them. */
export async function existingWorld(
  topology: Topology,
  options: ExistingWorldOptions,
): Promise<ExistingWorld> {
  const { folder, edition = '1.8', isMarked = true, sayTheyAre = isMarked } = options;
  const { networks, clusters } = topology;
  mkdirSync(folder, { recursive: true });
  const version = sayTheyAre ? {} : { version: 'v1.32.4' };
  const world = await createWorld({ seed: '1', clock: systemClock, networks, clusters, ...version });
  const documents = new Map<string, string>();
  for (const [name, cluster] of world.clusters) {
    const port = await cluster.listen(0, '127.0.0.1');
    const { address, port: inNetworkPort } = cluster.apiServer;
    const inNetworkServer = `https://${address}:${inNetworkPort}`;
    const document = cluster.kubeconfig(`https://127.0.0.1:${port}`);
    documents.set(
      name,
      isMarked ? markSimulated(document, { inNetworkServer, istioVersion: '1.8.0' }) : document,
    );
  }
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    mergeKubeconfigs(new Map([...documents].map(([name, text]) => [`ctx-${name}`, text] as const))),
  );
  const clients = new Map([...documents].map(([name, text]) => [name, new KubernetesClient(text)] as const));
  const state = join(folder, 'state');
  return {
    world,
    kubeconfig,
    documents,
    clients,
    state,
    platform: more =>
      new ExistingPlatform({
        edition,
        state,
        cache: join(folder, 'cache'),
        offline: true,
        contexts: [],
        variables: contextVariables(topology),
        kubeconfigs: [kubeconfig],
        ...more,
      }),
    [Symbol.asyncDispose]: async () => {
      for (const client of clients.values()) client.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** The guide's variables: `CTX_CLUSTER1` and so on. */
export const contextVariables = ({ clusters }: Topology): Readonly<Record<string, string>> =>
  Object.fromEntries(clusters.map(({ name }) => [`CTX_${name.toUpperCase()}`, `ctx-${name}`]));

/**
 * Everything in all clusters; what was there before is the same object afterwards, not one of the same name.
 */
export async function contents(
  clients: ReadonlyMap<string, KubernetesClient>,
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [cluster, client] of clients) {
    for (const [title, object] of await allObjects(client)) found[`${cluster} ${title}`] = object;
    const { items } = await client.list({ apiVersion: 'v1', plural: 'namespaces' });
    found[`${cluster} uids`] = Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.uid]));
  }
  return found;
}
