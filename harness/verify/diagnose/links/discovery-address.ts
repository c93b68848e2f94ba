/** Where remotes look for their istiod: at the gateway of their primary. */
import { controlPlaneOf, isRemote } from '../../../model/topology.ts';
import { NotAsked } from '../cluster-objects.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notApplicable, notAsked, ok, type Reached, reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

function judge(chain: Chain, { name, facts, installed }: Reached): Finding {
  const primary = controlPlaneOf(facts.spec);
  const control = reached(chain, primary);
  if (!control) throw new NotAsked(`the API server of ${primary} was not reached`);
  const annotation = chain.steps.about('control-plane-annotation', name);
  const owners = installed.controlPlaneClusters?.split(',').map(owner => owner.trim());
  const id = control.installed.clusterId ?? primary;
  if (annotation.length > 0 && !owners?.some(owner => owner === id || owner === '*')) {
    const told = owners
      ? `names ${owners.join(', ')}`
      : 'has no annotation topology.istio.io/controlPlaneClusters';
    return broken(`istio-system of ${name} ${told}, so that ${primary} does not take it over`, [annotation]);
  }
  const steps = [chain.steps.about('discovery-address', primary), chain.steps.about('install', name)];
  const addresses = installed.discoveryAddresses ?? [];
  const gateways = control.facts.gatewayAddresses ?? [];
  if (addresses.length === 0) {
    return broken(`${name} was installed without an address of the istiod of ${primary}`, steps);
  }
  if (gateways.length === 0) return notAsked(`the gateway of ${primary} has no address to compare with`);
  if (!addresses.some(address => gateways.includes(address))) {
    const asked = `${name} looks for istiod at ${addresses.join(', ')}`;
    return broken(`${asked}, and the gateway of ${primary} is at ${gateways.join(', ')}`, steps);
  }
  return ok(`${name} finds istiod of ${primary} at ${addresses.join(', ')}`);
}

/** The address at which a remote cluster looks for its primary's istiod. */
export const discoveryAddress: Link = {
  id: 'discovery-address',
  asks: 'Does each remote look for istiod at its primary’s gateway, and may that istiod take it over?',
  look: chain => {
    const remotes = chain.topology.clusters.filter(isRemote);
    return remotes.length === 0
      ? [notApplicable('no cluster is a remote')]
      : eachOf(chain, remotes, cluster => judge(chain, cluster));
  },
};
