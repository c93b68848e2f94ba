/**
 * What exposes services: a Gateway that passes calls through by their SNI, where the gateway's istiod reads.
 */
import { list } from '../../../base/untyped.ts';
import { controlPlaneOf, isMultiNetwork } from '../../../model/topology.ts';
import { itemsOf, NotAsked } from '../cluster-objects.ts';
import { at } from '../object-fields.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notApplicable, notAsked, ok, type Reached, reached } from './findings.ts';
import { SERVICES_PORT, selectsGateway, serviceOf } from './gateways.ts';
import type { Finding, Link } from './link.ts';

function judge(chain: Chain, cluster: Reached): Finding {
  const { name, facts } = cluster;
  const owner = controlPlaneOf(facts.spec);
  const control = reached(chain, owner);
  if (!control) throw new NotAsked(`the API server of ${owner} was not reached`);
  if (!serviceOf(cluster)) return notAsked(`there is no gateway in ${name}`);
  // What a remote is given there is read by nobody: the guide's step in its primary mends it.
  const steps = [chain.steps.about('expose-services', owner)];
  const passing = itemsOf(control.facts.objects, 'gateways').filter(each =>
    list(at(each, 'spec', 'servers')).some(server => at(server, 'tls', 'mode') === 'AUTO_PASSTHROUGH'),
  );
  if (passing.length === 0)
    return broken(`nothing in ${owner} exposes services on the gateway of ${name}`, steps);
  const chosen = passing.find(each => selectsGateway(at(each, 'spec', 'selector'), cluster));
  if (!chosen) {
    const names = passing.map(({ metadata }) => metadata.name).join(', ');
    return broken(`${names} in ${owner} selects no pod of the gateway of ${name}`, steps);
  }
  const servers = list(at(chosen, 'spec', 'servers')).filter(
    server => at(server, 'tls', 'mode') === 'AUTO_PASSTHROUGH',
  );
  const server = servers.find(each => at(each, 'port', 'number') === SERVICES_PORT);
  const what = `${chosen.metadata.name} in ${owner}`;
  if (!server) return broken(`${what} listens on another port than ${SERVICES_PORT}`, steps);
  const hosts = list(at(server, 'hosts'));
  if (!hosts.some(host => host === '*' || host === '*.local' || String(host).endsWith('/*.local'))) {
    return broken(`${what} exposes ${hosts.join(', ')}, not *.local`, steps);
  }
  return ok(`${what} exposes ${hosts.join(', ')} on the gateway of ${name}`);
}

/** What leads calls from other networks through each gateway. */
export const exposedServices: Link = {
  id: 'exposed-services',
  asks: 'Does a Gateway expose *.local on port 15443 of each east-west gateway, where its istiod reads?',
  look: chain =>
    isMultiNetwork(chain.topology)
      ? eachOf(chain, chain.topology.clusters, cluster => judge(chain, cluster))
      : [notApplicable('one network: pods call pods')],
};
