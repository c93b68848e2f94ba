/** The networks: clusters that reach each other's pods are on one, the others are not. */
import { isMultiNetwork } from '../../../model/topology.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, ok, type Reached, reached } from './findings.ts';
import type { Finding, Link } from './link.ts';
import { normalized } from './network-spelling.ts';

/** The network that the sidecars of a cluster were told. */
const ofSidecars = ({ installed }: Reached): string | undefined =>
  installed.networks.find(({ where }) => where.startsWith('the sidecars'))?.name;

function judge(chain: Chain, cluster: Reached): Finding {
  const { name, facts, installed } = cluster;
  const steps = [chain.steps.about('install', name), chain.steps.about('network-label', name)];
  const several = isMultiNetwork(chain.topology);
  const { network } = installed;
  if (network === undefined) {
    return several ? broken(`${name} is installed without a network`, steps) : ok(`none in ${name}`);
  }
  const sidecars = ofSidecars(cluster);
  if (sidecars !== undefined && normalized(sidecars) !== normalized(network)) {
    return broken(`${name} is on ${network}, and its sidecars were told ${sidecars}`, [
      ...steps,
      chain.steps.about('workload', name),
    ]);
  }
  for (const { name: other, network: its } of chain.topology.clusters) {
    const theirs = other === name ? undefined : reached(chain, other)?.installed.network;
    if (theirs === undefined) continue;
    const isSame = normalized(theirs) === normalized(network);
    if (isSame && its !== facts.spec.network) {
      return broken(`${name} and ${other} are installed on one network, ${network}, and are on two`, [
        ...steps,
        chain.steps.about('install', other),
      ]);
    }
    if (!isSame && its === facts.spec.network) {
      const installed = `${name} is installed on ${network} and ${other} on ${theirs}`;
      return broken(`${installed}, though they are on one network`, [
        ...steps,
        chain.steps.about('install', other),
      ]);
    }
  }
  if (
    several &&
    installed.networkLabel === undefined &&
    chain.steps.about('network-label', name).length > 0
  ) {
    return broken(
      `the namespace istio-system of ${name} has no label topology.istio.io/network`,
      [steps[1] ?? []],
      {
        isHarmless: true,
      },
    );
  }
  return ok(`${name} is on ${network}`);
}

/** The network that each cluster was installed with, and its label. */
export const network: Link = {
  id: 'network',
  asks: 'Is each cluster installed on the network that it is on, by its values, its label and its sidecars?',
  look: chain => eachOf(chain, chain.topology.clusters, cluster => judge(chain, cluster)),
};
