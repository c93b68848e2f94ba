/** B: remote endpoints are known, and packets to them vanish. */
import { gatewaysOf } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const remoteVanishes: Pattern = (facts, steps) => {
  const { symptom, from, missing, clusters, endpoints } = facts;
  if (symptom !== 'B') return undefined;
  const { name: client, network } = from.spec;
  const remote = clusters.get(missing.find(name => name !== client) ?? client);
  if (!remote) return undefined;
  const { name } = remote.spec;
  const direct = endpoints?.find(({ owner }) => owner?.kind === 'pod' && owner.cluster !== client);
  if (remote.spec.network !== network && (direct || !endpoints)) {
    const gateways = gatewaysOf(remote.spec.network, facts);
    const address = direct ? ` (${direct.address}, a pod of ${name})` : '';
    const why =
      gateways === undefined
        ? `${name} has no east-west gateway, so that the addresses of its pods are used as they are${address}`
        : gateways.length === 0
          ? `the east-west gateway of ${name} has no address, so that those of its pods are used as they are${address}`
          : `${client} takes ${name} for a cluster of its own network, or knows no gateway of it, and calls its pods directly${address}`;
    return {
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
  if (remote.spec.network !== network) {
    return {
      sentence: `Calls from ${client} to ${name} vanish on the way to the east-west gateway of ${name}, or behind it.`,
      steps: inOrder(steps.about('gateway-install', name), steps.about('expose-services', name)),
    };
  }
  return {
    sentence: `Packets from pods in ${client} to pods in ${name} vanish, though both are on ${network}: there is no route between their pod ranges.`,
    steps: inOrder(steps.about('install', name), steps.about('install', client)),
  };
};
