/** Kind clusters that are up, as a run has them. */
import { join } from 'node:path';
import { readFileSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY } from '../../base/disk/modes.ts';
import { quoteWord } from '../../base/quote.ts';
import { mergeKubeconfigs } from '../../model/kubeconfig.ts';
import type { ClusterName } from '../../model/names.ts';
import { installAdjustments, remoteSecretAdjustments, writeForOthers } from '../adjustments.ts';
import type { Ledger } from '../ledger.ts';
import type { Cluster, PlatformAdjustment, StartedPlatform } from '../platform.ts';
import { istioHas } from '../versions.ts';
import { describeRun } from './describe-run.ts';
import { loadBalancerOf } from './load-balancers.ts';
import { addressForOthers } from './nodes.ts';
import type { RunContext } from './options.ts';
import type { StartedParts } from './started-parts.ts';

const API_PORT = 6443;

/** Puts together what a run has of its clusters, until it keeps or removes them. */
export function startedPlatform(context: RunContext, parts: StartedParts): StartedPlatform {
  const { clock, programs, ledger, runId, options } = context;
  const { kubeconfigs, proven, defect, cache, undo, letGo } = parts;
  let isKept = false;
  const clusters = clustersOf(context, parts);
  return {
    clusters,
    clock,
    proven,
    defect,
    adjustments: adjustmentsOf(context, parts, clusters),
    remarks: context.remarks,
    programs,
    found: parts.found,
    ...(cache && {
      stays: [
        `The cache of images stays for later runs (${cache.containers.join(', ')}): mesh-harness clean --cache`,
      ],
    }),
    collectDiagnostics: folder => describeRun(folder, context, parts, clusters),
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
 * Writes one file for someone at a shell, with a context for each cluster and the addresses of this machine.
 * It lies beside the ledger, and goes with the clusters.
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

/** Lists where pods of other clusters find each API server. */
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
  const forOthers = (name: ClusterName) =>
    writeForOthers(ledger, name, clusters.get(name)?.kubeconfig('other-clusters') ?? '');
  return [
    ...remoteSecretAdjustments(
      serversOf(parts),
      "its kubeconfig names this machine's loopback, which pods cannot reach",
      istioHas('serverFlag', istio) ? undefined : forOthers,
    ),
    ...installAdjustments(names, { lowRequests: true, imagesAreThere: true, ...options }),
  ];
}
