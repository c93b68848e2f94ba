/**
 * Network policies as rules that a connection is held against (k8s.io/api networking/v1/types.go @v0.34,
 * NetworkPolicySpec). Pure.
 */
import { type AddressSpan, contains, parseCidr } from '../../../base/ipv4.ts';
import type { FilteredPacket } from '../../network/interfaces.ts';
import type { NetworkPolicy, PolicyPeer, PolicyPort } from '../client/kinds.ts';
import { matchesLabels, selectorFromObject } from '../registry/selectors/label-selector.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** A pod as policies see it. */
export interface PolicyPod {
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  /** `TCP http` → 8080, for the ports of its containers that have a name. */
  readonly namedPorts: ReadonlyMap<string, number>;
}

/** The other end of a connection: an address, and the pod of this cluster that has it, if one does. */
export interface PolicyEnd {
  readonly address: string;
  readonly pod: PolicyPod | undefined;
}

/** Tells whether one rule lets a connection through. */
type Rule = (packet: FilteredPacket, other: PolicyEnd, receiver: PolicyPod | undefined) => boolean;

/** A policy, ready to be asked. */
export interface PolicyRules {
  readonly namespace: string;
  selects(labels: Labels): boolean;
  /** Undefined where the policy says nothing about the direction. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
}

type Matcher = (labels: Labels) => boolean;

/** Reads a selector once; one that is absent finds nothing. */
function matcherOf(selector: unknown): Matcher {
  const requirements = selectorFromObject(selector);
  return labels => requirements !== undefined && matchesLabels(requirements, labels);
}

/** Unlike Kubernetes, which has IPv6 too: a range of such addresses holds nobody here. */
function spansOf(cidrs: readonly string[]): readonly AddressSpan[] {
  return cidrs.map(parseCidr).filter(range => range !== undefined);
}

function peerMatcher(peer: PolicyPeer, namespace: string): (other: PolicyEnd) => boolean {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (ipBlock) {
    const within = spansOf([ipBlock.cidr]);
    const except = spansOf(ipBlock.except ?? []);
    return ({ address }) =>
      within.some(span => contains(span, address)) && !except.some(span => contains(span, address));
  }
  const findsPod = podSelector ? matcherOf(podSelector) : () => true;
  const findsNamespace = namespaceSelector && matcherOf(namespaceSelector);
  return ({ pod }) => {
    if (!pod || !findsPod(pod.labels)) return false;
    return findsNamespace ? findsNamespace(pod.namespaceLabels) : pod.namespace === namespace;
  };
}

function matchesPort(
  { protocol = 'TCP', port, endPort }: PolicyPort,
  packet: FilteredPacket,
  receiver: PolicyPod | undefined,
): boolean {
  if (protocol !== packet.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return receiver?.namedPorts.get(`${protocol} ${port}`) === packet.to.port;
  return packet.to.port >= port && packet.to.port <= (endPort ?? port);
}

function ruleOf(
  peers: readonly PolicyPeer[] = [],
  ports: readonly PolicyPort[] = [],
  namespace: string,
): Rule {
  const matchers = peers.map(peer => peerMatcher(peer, namespace));
  return (packet, other, receiver) =>
    (matchers.length === 0 || matchers.some(matches => matches(other))) &&
    (ports.length === 0 || ports.some(port => matchesPort(port, packet, receiver)));
}

/** Reads a policy. */
export function policyRules({ metadata, spec = {} }: NetworkPolicy): PolicyRules {
  const { namespace = '' } = metadata;
  const { podSelector = {}, policyTypes = ['Ingress'], ingress = [], egress = [] } = spec;
  return {
    namespace,
    selects: matcherOf(podSelector),
    ingress: policyTypes.includes('Ingress')
      ? ingress.map(({ from, ports }) => ruleOf(from, ports, namespace))
      : undefined,
    egress: policyTypes.includes('Egress')
      ? egress.map(({ to, ports }) => ruleOf(to, ports, namespace))
      : undefined,
  };
}

/**
 * Tells whether policies let a connection of a pod through in one direction: as long as none of them selects
 * the pod in that direction everything passes, else what a rule of any of them allows.
 * @param pod - whose policies are asked
 */
export function isAllowed(
  policies: readonly PolicyRules[],
  direction: 'ingress' | 'egress',
  pod: PolicyPod,
  connection: { readonly packet: FilteredPacket; readonly other: PolicyEnd },
): boolean {
  const { packet, other } = connection;
  const receiver = direction === 'ingress' ? pod : other.pod;
  let isIsolated = false;
  for (const policy of policies) {
    const rules = policy[direction];
    if (!rules || !policy.selects(pod.labels)) continue;
    if (rules.some(allows => allows(packet, other, receiver))) return true;
    isIsolated = true;
  }
  return !isIsolated;
}
