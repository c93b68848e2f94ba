/** All that the kind platform meets, with stand-ins in the place of kind, kubectl and istioctl: API servers are simulated ones on loopback. */
import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { packageRoot } from '../../harness/base/package-root.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { ownName } from '../../harness/platform/kind/labels.ts';
import { findProgram } from '../../harness/process/find.ts';
import { createWorld } from '../../harness/simulator/world.ts';
import { testImage } from './docker.ts';
import { NODE_FILES, NODE_OPTIONS } from './node-image.ts';

export interface KindWorld extends AsyncDisposable {
  /** Where the stand-ins lie, in front of this machine's own PATH. */
  readonly path: string;
  /** For the stand-ins; a process that starts the platform must have it. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder that looks like an unpacked Istio release. */
  readonly istioFolder: string;
  /** Each call of a stand-in, one JSON value a line. */
  readonly log: string;
}

/** @param runIds - every run that is going to be started on it */
export async function kindWorld(
  folder: string,
  topology: Topology,
  runIds: readonly string[],
  edition = 'current',
): Promise<KindWorld> {
  const kubeconfigs = join(folder, 'kubeconfigs');
  mkdirSync(kubeconfigs, { recursive: true });
  const world = await createWorld({
    seed: '1',
    clock: systemClock,
    networks: topology.networks,
    clusters: runIds.flatMap((runId, run) =>
      topology.clusters.map((cluster, index) => ({
        ...cluster,
        name: ownName(runId, cluster.name),
        // Simulated ranges may not overlap; only the first run's are looked at.
        podRange: run === 0 ? cluster.podRange : `10.${100 + run * topology.clusters.length + index}.0.0/16`,
      })),
    ),
  });
  for (const [name, cluster] of world.clusters) {
    const port = await cluster.listen(0, '127.0.0.1');
    const kubeconfig = cluster.kubeconfig(`https://127.0.0.1:${port}`);
    writeFileSync(join(kubeconfigs, name), kubeconfig);
    await tellNameServer(kubeconfig, topology.clusters.find(each => name.endsWith(`-${each.name}`))?.podRange ?? '');
  }
  const bin = join(folder, 'bin');
  const istioFolder = join(folder, 'istio-1');
  const standIns = join(packageRoot(), 'test', 'support', 'stand-ins');
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(istioFolder, 'bin'), { recursive: true });
  const link = (target: string, to: string) => {
    writeFileSync(to, `#!/bin/sh\nexec "${process.execPath}" "${target}" "$@"\n`);
    chmodSync(to, 0o755);
  };
  link(join(standIns, 'kind.mjs'), join(bin, 'kind'));
  for (const name of ['kubectl', 'istioctl']) {
    // Called by the program's name, so it needs a file of that name beside the table of flags.
    const own = join(packageRoot(), 'test', 'support', 'stand-ins', 'tool.mjs');
    const copy = join(bin, `${name}.mjs`);
    copyFileSync(own, copy);
    link(copy, join(name === 'kubectl' ? bin : join(istioFolder, 'bin'), name));
  }
  copyFileSync(join(standIns, 'flags.mjs'), join(bin, 'flags.mjs'));
  cpSync(join(packageRoot(), 'fixtures', 'samples', edition), join(istioFolder, 'samples'), { recursive: true });
  const log = join(folder, 'calls.jsonl');
  const docker = findProgram('docker');
  return {
    path: [bin, docker === undefined ? '' : dirname(docker)].join(':'),
    istioFolder,
    log,
    env: {
      STAND_IN_IMAGE: testImage(NODE_FILES),
      STAND_IN_OPTIONS: JSON.stringify(NODE_OPTIONS),
      STAND_IN_KUBECONFIGS: kubeconfigs,
      STAND_IN_LOG: log,
      STAND_IN_ISTIO_VERSION: edition === '1.8' ? '1.8.0' : '1.30.3',
      STAND_IN_KUBECTL_VERSION: edition === '1.8' ? 'v1.21.14' : 'v1.34.0',
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** The pod that the stand-in for a node has: it answers where CoreDNS says that it is ready. */
async function tellNameServer(kubeconfig: string, podRange: string): Promise<void> {
  const client = new KubernetesClient(kubeconfig);
  const path = { apiVersion: 'v1', plural: 'endpoints', namespace: 'kube-system', name: 'kube-dns' };
  const addresses = [{ ip: podRange.replace('0.0/16', '0.2') }];
  try {
    await client.patch(path, 'merge', { subsets: [{ addresses, ports: [{ port: 53, protocol: 'UDP' }] }] });
  } finally {
    client.close();
  }
}
