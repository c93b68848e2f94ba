/** The nodes of a cluster as objects: what the API shows of the machines on which pods run. */
import { nthAddress, parseCidr } from '../../../base/ipv4.ts';
import { isSimulatedVersion, SIMULATED_RUNTIME } from '../../../base/simulated-version.ts';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import type { ClusterClient } from '../client/cluster-client.ts';
import { type Node, timestamp } from '../client/kinds.ts';

/** A machine of the cluster: its name and its place in the network. */
export interface NodeMachine {
  readonly name: string;
  readonly network: NetworkNamespace;
  readonly isControlPlane: boolean;
  /** Labels that say where it is. */
  readonly place?: Readonly<Record<string, string>>;
}

/** The CPUs and bytes that pods can have of a node; the requests of one istiod are half a CPU and 2 GiB. */
export const NODE_CAPACITY = { cpu: 8, memoryKi: 16 * 2 ** 20, pods: 110 } as const;

/** Names a node as kind does: `cluster1-control-plane`, `cluster1-worker`, `cluster1-worker2`. */
export function nodeNames(cluster: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? `${cluster}-control-plane` : `${cluster}-worker${index === 1 ? '' : index}`,
  );
}

/**
 * Returns the CIDR of a node's pods: a /24 of a large range, all of a small one; as the network hands them
 * out.
 * @param index - the node's number in its cluster, from 0
 */
export function podCidr(podRange: string, index: number): string {
  const range = parseCidr(podRange);
  return !range || range.prefix > 20 ? podRange : `${nthAddress(range, index * 256)}/24`;
}

/** What a kubelet knows of its node beside the machine. */
export interface NodeFacts {
  readonly podCidr: string;
  /** `v1.32.4` */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Creates a node's object, as its kubelet does when it starts. */
export function registerNode(client: ClusterClient, machine: NodeMachine, facts: NodeFacts): Promise<Node> {
  return client.create('nodes', {
    metadata: { name: machine.name, labels: labelsOf(machine) },
    spec: { podCIDR: facts.podCidr, podCIDRs: [facts.podCidr] },
    status: statusOf(machine, facts),
  });
}

function labelsOf({ name, isControlPlane, place }: NodeMachine): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    // Unlike kubeadm, we put no taint on the control plane's node: it has to run the pods.
    ...place,
    ...(isControlPlane && { 'node-role.kubernetes.io/control-plane': '' }),
  };
}

/** Type, status, reason and message of a healthy node's conditions. */
const HEALTHY: readonly (readonly [string, 'True' | 'False', string, string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

const healthyConditions = (time: string) =>
  HEALTHY.map(([type, status, reason, message]) => ({
    type,
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
    reason,
    message,
  }));

/** How a node says that it is none. */
const SIMULATED = {
  containerRuntimeVersion: SIMULATED_RUNTIME,
  kernelVersion: 'simulated',
  osImage: 'mesh-harness simulator',
};
/** What nodes of kind say, for a cluster that stands in for theirs (kindest/node:v1.34.0). */
const STAND_IN = {
  containerRuntimeVersion: 'containerd://2.1.3',
  kernelVersion: '6.8.0',
  osImage: 'Debian GNU/Linux 12 (bookworm)',
};

/** Describes the machine behind a node: there is none, and its ids are empty. */
const nodeInfo = (version: string) => ({
  ...(isSimulatedVersion(version) ? SIMULATED : STAND_IN),
  architecture: 'amd64',
  bootID: '',
  kubeProxyVersion: version,
  kubeletVersion: version,
  machineID: '',
  operatingSystem: 'linux',
  systemUUID: '',
});

function statusOf({ name, network }: NodeMachine, { version, now }: NodeFacts) {
  const time = timestamp(now);
  const amounts = {
    cpu: String(NODE_CAPACITY.cpu),
    memory: `${NODE_CAPACITY.memoryKi}Ki`,
    pods: String(NODE_CAPACITY.pods),
    'ephemeral-storage': '100Gi',
  };
  return {
    addresses: [
      { type: 'InternalIP', address: network.address },
      { type: 'Hostname', address: name },
    ],
    capacity: amounts,
    allocatable: amounts,
    conditions: healthyConditions(time),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: nodeInfo(version),
  };
}
