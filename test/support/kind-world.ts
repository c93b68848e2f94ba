/**
 * All that the kind platform meets, with stand-ins in the place of kind, kubectl and istioctl, and simulated
 * clusters behind them.
 */
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../harness/base/package-root.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { KindPlatform } from '../../harness/platform/kind/kind-platform.ts';
import type { KindOptions } from '../../harness/platform/kind/options.ts';
import { findProgram } from '../../harness/process/find.ts';
import { testImage } from './docker.ts';
import { NODE_FILES, NODE_OPTIONS } from './node-image.ts';
import { StandInClusters } from './stand-ins/clusters.ts';
import { Hub } from './stand-ins/hub.ts';

export interface KindWorld extends AsyncDisposable {
  /** Where the stand-ins lie, in front of the folder of the real docker. */
  readonly path: string;
  /** A folder that looks like an unpacked Istio release. */
  readonly istioFolder: string;
  /** Knows every call, and decides what goes wrong. */
  readonly hub: Hub;
  readonly clusters: StandInClusters;
  readonly options: (runId: string) => KindOptions & { readonly runId: string };
  readonly platform: (runId: string, more?: Partial<KindOptions>) => KindPlatform;
}

/** Several runs may be started on it, one after the other or side by side. */
export async function kindWorld(folder: string, topology: Topology, edition = 'current'): Promise<KindWorld> {
  const istio = edition === '1.8' ? '1.8.0' : '1.30.3';
  const clusters = new StandInClusters(topology);
  const bin = join(folder, 'bin');
  const istioFolder = join(folder, `istio-${istio}`);
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(istioFolder, 'bin'), { recursive: true });
  cpSync(join(packageRoot(), 'fixtures', 'samples', edition), join(istioFolder, 'samples'), {
    recursive: true,
  });
  const hub = new Hub({ clusters, istio, nodeImage: testImage(NODE_FILES), nodeOptions: NODE_OPTIONS });
  await hub.listen();
  hub.writeProgram(join(bin, 'kind'), 'kind');
  hub.writeProgram(join(bin, 'kubectl'), 'kubectl');
  hub.writeProgram(join(istioFolder, 'bin', 'istioctl'), 'istioctl');
  const docker = findProgram('docker');
  const path = [bin, docker === undefined ? '' : dirname(docker)].join(':');
  const options = (runId: string) => ({
    edition,
    state: join(folder, 'state'),
    cache: join(folder, 'cache'),
    path,
    istioFolder,
    runId,
    // Whatever is needed is here; what nodes pull is up to the stand-in for their runtime.
    offline: false,
    noCache: true,
    // Stand-ins need no processor of their own, however busy the machine is.
    createAtOnce: topology.clusters.length,
  });
  return {
    path,
    istioFolder,
    hub,
    clusters,
    options,
    platform: (runId, more = {}) => new KindPlatform({ ...options(runId), ...more }),
    [Symbol.asyncDispose]: async () => {
      await hub[Symbol.asyncDispose]();
      await clusters[Symbol.asyncDispose]();
    },
  };
}
