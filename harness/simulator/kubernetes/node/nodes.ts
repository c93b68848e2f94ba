/** The nodes of a cluster as objects: what the API shows of the machines on which pods run. */
import { nthAddress, parseCidr } from '../../../base/ipv4.ts';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import { type Condition, timestamp } from '../client/kinds.ts';
import type { TypedClient } from '../client/typed.ts';

/** A machine of the cluster: its name and its place in the network. */
export interface NodeMachine {
  readonly name: string;
  readonly network: NetworkNamespace;
  readonly isControlPlane: boolean;
}

/** What pods can have of a node; the requests of one istiod are half a CPU and 2 GiB. */
export const NODE_CAPACITY = { cpu: 8, memoryKi: 16 * 2 ** 20, pods: 110 } as const;

/** kind's names: `cluster1-control-plane`, `cluster1-worker`, `cluster1-worker2`. */
export function nodeNames(cluster: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? `${cluster}-control-plane` : `${cluster}-worker${index === 1 ? '' : index}`,
  );
}

/**
 * The addresses of a node's pods: a /24 of a large range, all of a small one; as the network hands them out.
 */
function podCidr(podRange: string, index: number): string {
  const range = parseCidr(podRange);
  return !range || range.prefix > 20 ? podRange : `${nthAddress(range, index * 256)}/24`;
}

export function createNode(
  client: TypedClient,
  machine: NodeMachine,
  index: number,
  podRange: string,
  version: string,
  now: number,
): void {
  const { name } = machine;
  const time = timestamp(now);
  const amounts = {
    cpu: String(NODE_CAPACITY.cpu),
    memory: `${NODE_CAPACITY.memoryKi}Ki`,
    pods: String(NODE_CAPACITY.pods),
    'ephemeral-storage': '100Gi',
  };
  const condition = (
    type: string,
    status: 'True' | 'False',
    reason: string,
    message: string,
  ): Condition & { readonly lastHeartbeatTime: string } => ({
    type,
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
    reason,
    message,
  });
  const node = {
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        // Unlike kubeadm, we put no taint on the control plane's node: it has to run the pods.
        ...(machine.isControlPlane && { 'node-role.kubernetes.io/control-plane': '' }),
      },
    },
    spec: { podCIDR: podCidr(podRange, index), podCIDRs: [podCidr(podRange, index)] },
    status: {
      addresses: [
        { type: 'InternalIP', address: machine.network.address },
        { type: 'Hostname', address: name },
      ],
      capacity: amounts,
      allocatable: amounts,
      conditions: [
        condition(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'simulated://1',
        kernelVersion: 'simulated',
        kubeProxyVersion: version,
        kubeletVersion: version,
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'mesh-harness simulator',
        systemUUID: '',
      },
    },
  };
  client.create('nodes', node);
}
