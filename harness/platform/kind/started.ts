/** Kind clusters that are up, as a run has them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unlessAborted } from '../../base/abort.ts';
import { quoteWord } from '../../base/quote.ts';
import { mergeKubeconfigs } from '../../model/kubeconfig.ts';
import type { ClusterName } from '../../model/names.ts';
import { installAdjustments, remoteSecretAdjustments } from '../adjustments.ts';
import { Bundle } from '../bundle.ts';
import { describeClusters } from '../diagnostics.ts';
import type { Ledger } from '../ledger.ts';
import type { Cluster, PlatformAdjustment, StartedPlatform } from '../platform.ts';
import { istioHas } from '../versions.ts';
import { addCreationLogs } from './creation-logs.ts';
import type { ImageCache } from './image-cache.ts';
import { loadBalancerOf } from './load-balancers.ts';
import type { DockerNetworks } from './networks.ts';
import { addressForOthers, type KindNode } from './nodes.ts';
import type { RunContext } from './options.ts';

export interface StartedParts {
  readonly nodes: readonly KindNode[];
  /** Cluster → the file that kind has written. */
  readonly kubeconfigs: ReadonlyMap<ClusterName, string>;
  readonly networks: DockerNetworks;
  readonly defect: AbortSignal;
  readonly cache: ImageCache | undefined;
  /** What the user was told on the way. */
  readonly told: readonly string[];
  /** @returns what is left, for a message */
  readonly undo: () => Promise<string>;
  /** Ends what this process holds, and leaves the rest. */
  readonly letGo: () => void;
}

const API_PORT = 6443;
/** For all that the engine is asked by diagnostics. */
const ENGINE_MS = 30_000;
const OWNER_ONLY = 0o600;

export function startedPlatform(context: RunContext, parts: StartedParts): StartedPlatform {
  const { clock, programs, ledger, runId, options } = context;
  const { kubeconfigs, defect, cache, undo, letGo } = parts;
  let isKept = false;
  const clusters = clustersOf(context, parts);
  return {
    clusters,
    clock,
    defect,
    adjustments: adjustmentsOf(context, parts, clusters),
    programs,
    ...(cache && {
      stays: [
        `The cache of images stays for later runs (${cache.containers.join(', ')}): mesh-harness clean --cache`,
      ],
    }),
    collectDiagnostics: folder => describe(folder, context, parts, clusters),
    keep: () => {
      isKept = true;
      ledger.write({ type: 'kept' });
      return [
        `export KUBECONFIG=${quoteWord(writeMerged(ledger, kubeconfigs))}`,
        `Contexts: ${[...kubeconfigs.keys()].join(', ')}. For instance: kubectl --context ${[...kubeconfigs.keys()][0]} get pods -A`,
        ...(loadBalancerOf(options.loadBalancer) === 'metallb'
          ? []
          : ['New load balancers get no addresses any more.']),
        `Run ${runId} is kept. To remove it: mesh-harness clean`,
      ];
    },
    [Symbol.asyncDispose]: async () => {
      if (isKept) letGo();
      const left = await undo();
      if (left !== '') throw new Error(left.trim());
    },
  };
}

/**
 * One file for someone at a shell, with a context for each cluster and the addresses of this machine. It lies
 * beside the ledger:
 * there as long as the clusters are, and removed with them.
 * @returns its path
 */
function writeMerged({ folder }: Ledger, kubeconfigs: StartedParts['kubeconfigs']): string {
  const file = join(folder, 'kubeconfig');
  const documents = new Map(
    [...kubeconfigs].map(([name, each]) => [name, readFileSync(each, 'utf8')] as const),
  );
  writeFileSync(file, mergeKubeconfigs(documents), { mode: OWNER_ONLY });
  return file;
}

/** Where pods of other clusters find each API server. */
function serversOf({ nodes }: StartedParts): ReadonlyMap<ClusterName, string> {
  const heads = nodes.filter(({ isControlPlane }) => isControlPlane);
  return new Map(heads.map(node => [node.cluster, `https://${addressForOthers(node)}:${API_PORT}`] as const));
}

function clustersOf({ topology }: RunContext, parts: StartedParts): ReadonlyMap<ClusterName, Cluster> {
  const servers = serversOf(parts);
  return new Map(
    topology.clusters.map(({ name }): [ClusterName, Cluster] => {
      // Written by kind: everything in it is named `kind-…`, and its address is the published port on this
      // machine's loopback.
      const document = new Map([[name, readFileSync(parts.kubeconfigs.get(name) ?? '', 'utf8')]]);
      return [
        name,
        {
          name,
          kubeconfig: from => mergeKubeconfigs(document, from === 'this-machine' ? undefined : servers),
        },
      ];
    }),
  );
}

function adjustmentsOf(
  { topology, options, ledger, istio }: RunContext,
  parts: StartedParts,
  clusters: ReadonlyMap<ClusterName, Cluster>,
): readonly PlatformAdjustment[] {
  const names = topology.clusters.map(({ name }) => name);
  const forOthers = (name: ClusterName) => {
    const file = join(ledger.folder, `${name}.for-others.kubeconfig`);
    writeFileSync(file, clusters.get(name)?.kubeconfig('other-clusters') ?? '', { mode: OWNER_ONLY });
    return file;
  };
  return [
    ...remoteSecretAdjustments(
      serversOf(parts),
      "its kubeconfig names this machine's loopback, which pods cannot reach",
      istioHas('serverFlag', istio) ? undefined : forOthers,
    ),
    ...installAdjustments(names, { lowRequests: true, ...options }),
  ];
}

async function describe(
  folder: string,
  context: RunContext,
  { nodes, networks, kubeconfigs, told }: StartedParts,
  clusters: ReadonlyMap<ClusterName, Cluster>,
): Promise<void> {
  const { engine, programs, clock } = context;
  const bundle = new Bundle(folder);
  const late = AbortSignal.timeout(ENGINE_MS);
  const unlessLate = <T>(work: Promise<T>) => unlessAborted(work, late);
  // What is small and is always wanted comes first: logs may fill the rest.
  await bundle.add('harness.log', async () => `${told.join('\n')}\n`);
  await addCreationLogs(bundle, context);
  await bundle.add('networks.json', async () => {
    const ofTopology = Object.fromEntries(networks.ofTopology);
    return `${JSON.stringify({ networks: await unlessLate(engine.networks()), nodes, ...networks, ofTopology }, undefined, 1)}\n`;
  });
  for (const { container } of nodes) {
    for (const [name, argv] of [
      ['routes', ['ip', 'route']],
      ['addresses', ['ip', '-o', 'address']],
    ] as const) {
      await bundle.add(
        `nodes/${container}-${name}.txt`,
        async () => (await unlessLate(engine.exec(container, argv))).output,
      );
    }
  }
  await describeClusters(bundle, clusters.values(), programs, ({ name }) => kubeconfigs.get(name), clock);
}
