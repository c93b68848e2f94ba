/** What exposes istiod: a Gateway and a VirtualService that lead remotes from the gateway to it. */
import { list } from '../../../base/untyped.ts';
import { isRemote, primariesOf, remotesOf } from '../../../model/topology.ts';
import { ISTIOD_PORT, WEBHOOK_PORT } from '../../workloads.ts';
import { itemsOf } from '../cluster-objects.ts';
import { closedDoor } from '../istiod-door.ts';
import { at, text } from '../object-fields.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notApplicable, ok, type Reached } from './findings.ts';
import { selectsGateway } from './gateways.ts';
import type { Finding, Link } from './link.ts';

/** Tells whether a VirtualService leads somewhere in istio's own control plane. */
const leadsToIstiod = (service: unknown): boolean =>
  [...list(at(service, 'spec', 'tcp')), ...list(at(service, 'spec', 'tls'))]
    .flatMap(route => list(at(route, 'route')))
    .some(route => text(at(route, 'destination', 'host'))?.startsWith('istiod'));

function judge(chain: Chain, cluster: Reached): Finding {
  const { name, facts } = cluster;
  const steps = [chain.steps.about('expose-istiod', name)];
  const doors = itemsOf(facts.objects, 'gateways').filter(each =>
    list(at(each, 'spec', 'servers')).some(server => at(server, 'port', 'number') === ISTIOD_PORT),
  );
  if (doors.length === 0) return broken(`nothing exposes istiod of ${name} on port ${ISTIOD_PORT}`, steps);
  const chosen = doors.find(each => selectsGateway(at(each, 'spec', 'selector'), cluster));
  const names = doors.map(({ metadata }) => metadata.name).join(', ');
  if (!chosen) return broken(`${names} in ${name} selects no pod of its gateway`, steps);
  if (!itemsOf(facts.objects, 'virtualServices').some(leadsToIstiod)) {
    return broken(`no VirtualService in ${name} leads from its gateway to istiod`, steps);
  }
  const closed = closedDoor(facts, portsFor(chain, cluster), chain.steps);
  if (closed) return broken(closed.sentence, [closed.steps]);
  return ok(`${chosen.metadata.name} exposes istiod of ${name}`);
}

/** Lists the ports that a primary's remotes need: one of 1.8 has an istiod of its own for its webhook. */
function portsFor({ topology, clusters }: Chain, { name }: Reached): readonly number[] {
  const isCalled = remotesOf(topology, name).some(remote => clusters.get(remote.name)?.istiods === 0);
  return [ISTIOD_PORT, ...(isCalled ? [WEBHOOK_PORT] : [])];
}

/** What leads a remote cluster's proxies through the gateway to istiod. */
export const exposedIstiod: Link = {
  id: 'exposed-istiod',
  asks: 'Do a Gateway and a VirtualService lead remotes to the istiod of their primary?',
  look: chain => {
    const primaries = primariesOf(chain.topology).filter(
      ({ name }) => remotesOf(chain.topology, name).length > 0,
    );
    return chain.topology.clusters.some(isRemote)
      ? eachOf(chain, primaries, cluster => judge(chain, cluster))
      : [notApplicable('no cluster is a remote')];
  },
};
