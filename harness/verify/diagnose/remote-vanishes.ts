/** B: remote endpoints are known, and packets to them vanish. */
import { controlPlaneOf } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { type CallFacts, type ClusterFacts, gatewaysOf } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** Explains in a clause that a gateway's Service shows another network than it is on. */
const ofAnotherNetwork = ({ spec, gatewayNetwork }: ClusterFacts): string | undefined =>
  gatewayNetwork === undefined || gatewayNetwork === spec.network
    ? undefined
    : `the east-west gateway of ${spec.name} shows ${gatewayNetwork}, though it is on ` +
      `${spec.network}, so that the addresses of its pods are used as they are`;

export const remoteVanishes: Pattern = (facts, steps) => {
  const { symptom, from, missing, clusters, endpoints } = facts;
  if (symptom !== 'B') return undefined;
  const { name: client, network } = from.spec;
  const remote = clusters.get(missing.find(name => name !== client) ?? client);
  if (!remote) return undefined;
  const { name } = remote.spec;
  const direct = endpoints?.find(({ owner }) => owner?.kind === 'pod' && owner.cluster !== client);
  if (remote.spec.network !== network && (direct || !endpoints))
    return explainDirectCalls(remote, direct?.address, facts, steps);
  if (remote.spec.network !== network) {
    const mislabelled = ofAnotherNetwork(remote);
    if (mislabelled !== undefined) {
      return {
        cause: 'gateway-of-another-network',
        sentence: `Calls from ${client} to ${name} vanish: ${mislabelled}.`,
        steps: inOrder(steps.about('gateway-install', name)),
      };
    }
    return {
      cause: 'gateway-unreachable',
      sentence:
        `Calls from ${client} to ${name} vanish on the way to the east-west gateway ` +
        `of ${name}, or behind it.`,
      steps: inOrder(
        steps.about('gateway-install', name),
        steps.about('expose-services', controlPlaneOf(remote.spec)),
      ),
    };
  }
  return {
    cause: 'routes-missing',
    sentence:
      `Packets from pods in ${client} to pods in ${name} vanish, though both are on ` +
      `${network}: there is no route between their pod ranges.`,
    steps: inOrder(steps.about('install', name), steps.about('install', client)),
  };
};

/** Explains why pods of another network are called by addresses of their own. */
function explainDirectCalls(
  remote: ClusterFacts,
  called: string | undefined,
  facts: CallFacts,
  steps: StepIndex,
): Diagnosis {
  const client = facts.from.spec.name;
  const { name } = remote.spec;
  const gateways = gatewaysOf(remote.spec.network, facts);
  const mislabelled = ofAnotherNetwork(remote);
  const address = called === undefined ? '' : ` (${called}, a pod of ${name})`;
  const isUnknown = remote.gatewayAddresses !== undefined && remote.gatewayNetwork === undefined;
  const why = isUnknown
    ? `the Service of the east-west gateway of ${name} has no label ` +
      `topology.istio.io/network, so that no gateway of ${remote.spec.network} is known, ` +
      `and the addresses of its pods are used as they are${address}`
    : gateways === undefined
      ? `${name} has no east-west gateway, so that the addresses of its pods are used as they are${address}`
      : gateways.length === 0
        ? `the east-west gateway of ${name} has no address, so that those of its pods are ` +
          `used as they are${address}`
        : (mislabelled ??
          `${client} takes ${name} for a cluster of its own network, or knows no gateway of it, ` +
            `and calls its pods directly${address}`);
  return {
    cause:
      gateways === undefined || (isUnknown && gateways.length > 0)
        ? 'gateway-missing'
        : gateways.length === 0
          ? 'gateway-without-address'
          : mislabelled === undefined
            ? 'network-wrong'
            : 'gateway-of-another-network',
    sentence: `Calls from ${client} to ${name} vanish between the networks: ${why}.`,
    steps:
      (gateways ?? []).length === 0
        ? inOrder(
            steps.about('gateway-install', name),
            steps.about('gateway-address', name),
            steps.about('install', name),
          )
        : inOrder(
            steps.about('install', name),
            steps.about('install', client),
            steps.about('network-label', name),
            steps.about('gateway-install', name),
          ),
  };
}
