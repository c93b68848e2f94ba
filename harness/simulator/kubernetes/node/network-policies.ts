/**
 * Enforces network policies, as a CNI plug-in's agent does on each node: watches policies, pods and
 * namespaces, and filters the connections of pods. As long as there is no policy it does nothing.
 */
import type { ClusterNetwork, FilteredPacket } from '../../network/interfaces.ts';
import type { ClusterReader } from '../client/cluster-client.ts';
import { type Controller, stopAll } from '../client/controller.ts';
import { keyOf, type Pod } from '../client/kinds.ts';
import {
  isAllowed,
  type PolicyEnd,
  type PolicyPod,
  type PolicyRules,
  policyRules,
} from './network-policy-rules.ts';

const POLICIES = 'networkpolicies.networking.k8s.io';

/** What stands on the network as a pod without being one in the API: the name server. */
export interface Stand {
  readonly address: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `UDP dns` → 53 */
  readonly namedPorts: ReadonlyMap<string, number>;
}

/** The API that the agent reads, and the network that it filters. */
interface NetworkPolicyOptions {
  readonly client: ClusterReader;
  readonly network: Pick<ClusterNetwork, 'setPacketFilter'>;
  readonly stands: readonly Stand[];
}

/** The ports of a pod's containers that have a name: `TCP http` → 8080. */
function namedPortsOf({ spec }: Pod): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const { ports = [] } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const { name, protocol = 'TCP', containerPort } of ports) {
      if (name !== undefined) named.set(`${protocol} ${name}`, containerPort);
    }
  }
  return named;
}

class NetworkPolicyAgent implements Controller {
  readonly #options: NetworkPolicyOptions;
  /** Namespace → key of a policy → its rules. */
  readonly #policies = new Map<string, Map<string, PolicyRules>>();
  /** Address → the pod that has it; kept up as long as there is a policy. */
  readonly #pods = new Map<string, Pod>();
  readonly #stops: (() => void)[];
  #stopPods: (() => void) | undefined;

  constructor(options: NetworkPolicyOptions) {
    this.#options = options;
    this.#stops = [
      () => this.#rest(),
      options.client.watch(POLICIES, {}, ({ type, object }) => {
        const { namespace = '' } = object.metadata;
        const own = this.#policies.get(namespace) ?? new Map<string, PolicyRules>();
        if (type === 'DELETED') own.delete(keyOf(object));
        else own.set(keyOf(object), policyRules(object));
        if (own.size > 0) this.#policies.set(namespace, own);
        else this.#policies.delete(namespace);
        if (this.#policies.size > 0) this.#work();
        else this.#rest();
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  /** Begins to filter, unless it does already. */
  #work(): void {
    if (this.#stopPods) return;
    this.#stopPods = this.#options.client.watch('pods', {}, ({ type, object, previous }) => {
      const before = previous?.status?.podIP;
      if (before !== undefined && this.#pods.get(before)?.metadata.uid === object.metadata.uid)
        this.#pods.delete(before);
      const { podIP, phase } = object.status ?? {};
      const isOver = type === 'DELETED' || phase === 'Succeeded' || phase === 'Failed';
      if (podIP !== undefined && !isOver && object.spec.hostNetwork !== true) this.#pods.set(podIP, object);
    });
    this.#options.network.setPacketFilter({
      passesEgress: packet => this.#passes('egress', packet),
      passesIngress: packet => this.#passes('ingress', packet),
    });
  }

  #rest(): void {
    this.#options.network.setPacketFilter(undefined);
    this.#stopPods?.();
    this.#stopPods = undefined;
    this.#pods.clear();
  }

  #passes(direction: 'ingress' | 'egress', packet: FilteredPacket): boolean {
    const [own, other] =
      direction === 'egress' ? [packet.from, packet.to.address] : [packet.to.address, packet.from];
    const pod = this.#podAt(own);
    const policies = pod && this.#policies.get(pod.namespace);
    // A pod that the API does not show yet has no policy.
    if (!policies) return true;
    return isAllowed([...policies.values()], direction, pod, { packet, other: this.#endAt(other) });
  }

  #endAt(address: string): PolicyEnd {
    return { address, pod: this.#podAt(address) };
  }

  #podAt(address: string): PolicyPod | undefined {
    const pod = this.#pods.get(address);
    const { client, stands } = this.#options;
    const labelsOf = (namespace: string) => client.get('namespaces', '', namespace)?.metadata.labels;
    if (!pod) {
      const stand = stands.find(each => each.address === address);
      return stand && { ...stand, namespaceLabels: labelsOf(stand.namespace) };
    }
    const { namespace = '', labels } = pod.metadata;
    return { namespace, labels, namespaceLabels: labelsOf(namespace), namedPorts: namedPortsOf(pod) };
  }
}

/** Starts the agent of a cluster's nodes. */
export function startNetworkPolicies(options: NetworkPolicyOptions): Controller {
  return new NetworkPolicyAgent(options);
}
