/**
 * How the stand-in for kind starts a node, as `fixtures/kind/answers-0.33.json` has it of kind itself:
 * pkg/cluster/internal/providers/docker/provision.go @v0.33.0.
 */
import { quoteArgv } from '../../../harness/base/quote.ts';
import { KIND_CLUSTER_LABEL, KIND_ROLE_LABEL } from '../../../harness/platform/kind/labels.ts';

export interface WantedNode {
  readonly name: string;
  readonly role: string;
  readonly mounts: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly readOnly?: boolean;
  }[];
}

export interface NodeSurroundings {
  readonly cluster: string;
  readonly network: string;
  readonly image: string;
  /** In the place of --privileged, which not every machine that runs tests allows. */
  readonly options: readonly string[];
  /** The node's first program, and its arguments. */
  readonly command: readonly string[];
}

/** @param proxies - words of shell: those of `proxyWords` */
export const runNode = (node: WantedNode, surroundings: NodeSurroundings, proxies: string): string => {
  const { cluster, network, image, options, command } = surroundings;
  const isControlPlane = node.role === 'control-plane';
  const before = [
    ...['docker', 'run', '--name', node.name, '--hostname', node.name],
    ...['--label', `${KIND_ROLE_LABEL}=${node.role}`, ...options],
    ...['--tmpfs', '/tmp', '--tmpfs', '/run', '--volume', '/var', '--volume', '/lib/modules:/lib/modules:ro'],
    ...['-e', 'KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER', '--detach', '--tty'],
    ...['--label', `${KIND_CLUSTER_LABEL}=${cluster}`, '--net', network],
    ...['--restart=on-failure:1', '--init=false', '--cgroupns=private'],
  ];
  const after = [
    ...node.mounts.map(
      ({ hostPath, containerPath, readOnly }) =>
        `--volume=${hostPath}:${containerPath}${readOnly ? ':ro' : ''}`,
    ),
    ...(isControlPlane
      ? ['--publish=127.0.0.1::6443/tcp', '-e', 'KUBECONFIG=/etc/kubernetes/admin.conf']
      : []),
    image,
    ...command,
  ];
  return `${quoteArgv(before)} ${proxies} ${quoteArgv(after)}`;
};
