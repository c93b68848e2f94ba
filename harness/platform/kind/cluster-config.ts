/** The configuration that `kind create cluster` reads. */
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { readFileSync } from '../../base/disk/disk.ts';
import { packageRoot } from '../../base/package-root.ts';
import { placeLabels } from '../../base/place-labels.ts';
import { substitute } from '../../model/argv.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import { KUBELET_CONFIG } from './registry-config.ts';

/** Everything that decides what kind is given. */
export interface ClusterConfig {
  /** Name in kind. */
  readonly name: string;
  readonly spec: ClusterSpec;
  /** With its digest. */
  readonly nodeImage: string;
  /**
   * Fixed addresses that the control plane will have on the transit network: its certificate must name them.
   */
  readonly transitAddresses: readonly string[];
  /** A folder with a `hosts.toml` for each registry, for the nodes' containerd. */
  readonly mirrors?: string;
  /** The node image's containerd does not look into that folder by itself. */
  readonly needsMirrorPatch: boolean;
  /** A file with credentials for registries, for the nodes' kubelets. */
  readonly registryConfig?: string;
}

interface KindConfig {
  nodes: { role: string; image: string; labels?: Record<string, string>; extraMounts?: unknown[] }[];
  containerdConfigPatches?: readonly string[];
}

const template = (file: string): string => readFileSync(join(packageRoot(), 'kind-configs', file), 'utf8');

/** Fills in `kind-configs/cluster.yaml` for one cluster. */
export function kindConfig(config: ClusterConfig): string {
  const { name, spec, nodeImage, transitAddresses, mirrors, needsMirrorPatch, registryConfig } = config;
  const names = ['localhost', '127.0.0.1', `${name}-control-plane`, ...transitAddresses];
  const text = substitute(
    template('cluster.yaml'),
    new Map([
      ['CLUSTER', name],
      ['POD_RANGE', spec.podRange],
      ['SERVICE_RANGE', spec.serviceRange],
      ['NODE_IMAGE', nodeImage],
      ['CERTIFICATE_NAMES', JSON.stringify(names)],
    ]),
  );
  const document = load(text) as KindConfig; // our own template
  for (let index = 1; index < spec.nodes; index++) document.nodes.push({ role: 'worker', image: nodeImage });
  for (const [index, node] of document.nodes.entries()) {
    const labels = placeLabels(spec, index);
    if (Object.keys(labels).length > 0) node.labels = labels;
  }
  const mounts = [
    ...(mirrors === undefined ? [] : [{ hostPath: mirrors, containerPath: '/etc/containerd/certs.d' }]),
    ...(registryConfig === undefined ? [] : [{ hostPath: registryConfig, containerPath: KUBELET_CONFIG }]),
  ].map(mount => ({ ...mount, readOnly: true }));
  if (mounts.length > 0) for (const node of document.nodes) node.extraMounts = mounts;
  if (mirrors !== undefined) {
    if (needsMirrorPatch) Object.assign(document, load(template('registry-mirror.yaml')));
  }
  return dump(document, { lineWidth: -1, noRefs: true });
}
