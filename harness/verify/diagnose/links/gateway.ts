/** The east-west gateways: a Service with an address that others can be told, and a ready pod behind it. */
import { isMultiNetwork } from '../../../model/topology.ts';
import { describePod, podsOf } from '../../pods.ts';
import { GATEWAY } from '../../workloads.ts';
import { itemsOf } from '../cluster-objects.ts';
import { NETWORK_LABEL } from '../installed.ts';
import { at } from '../object-fields.ts';
import { causeBehind, refusalIn } from '../refused-pods.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notApplicable, ok, type Reached } from './findings.ts';
import { serviceOf, withGateway } from './gateways.ts';
import type { Finding, Link } from './link.ts';
import { normalized } from './network-spelling.ts';

function judge(chain: Chain, cluster: Reached): Finding {
  const { name, facts, installed } = cluster;
  const steps = [chain.steps.about('gateway-install', name), chain.steps.about('gateway-address', name)];
  const service = serviceOf(cluster);
  if (!service) return broken(`there is no Service ${GATEWAY} in ${name}`, steps);
  const addresses = [
    ...(facts.gatewayAddresses ?? []),
    ...((at(service, 'spec', 'externalIPs') as readonly string[] | undefined) ?? []), // of the API's schema
  ];
  const pods = podsOf(itemsOf(facts.objects, 'istioPods')).filter(({ app }) => app === GATEWAY);
  if (pods.length === 0) {
    const refusal = refusalIn(facts);
    const why = refusal === undefined ? '' : `: its API server refuses pods (${refusal})`;
    return broken(`there is no pod of the east-west gateway in ${name}${why}`, [
      refusal === undefined ? [] : causeBehind(refusal, facts, chain, chain.steps).steps,
      ...steps,
    ]);
  }
  if (facts.readyGateways === 0) {
    return broken(
      `the east-west gateway of ${name} is not ready: ${pods.map(describePod).join(', ')}`,
      steps,
    );
  }
  if (addresses.length === 0) return broken(`the east-west gateway of ${name} has no address`, steps);
  const label = service.metadata.labels?.[NETWORK_LABEL];
  const { network } = installed;
  const isMeant = label === undefined || network === undefined || normalized(label) === normalized(network);
  if (!isMeant && isMultiNetwork(chain.topology)) {
    return broken(
      `the east-west gateway of ${name}, which is on ${network}, says that it is one of ${label}`,
      steps,
    );
  }
  if (label === undefined && installed.meshNetworks.length === 0 && isMultiNetwork(chain.topology)) {
    return broken(
      `the Service ${GATEWAY} of ${name} has no label ${NETWORK_LABEL}, by which it is found`,
      steps,
    );
  }
  return ok(`${name} at ${addresses.join(', ')}`);
}

/** Each network's east-west gateway, ready and with an address. */
export const gateway: Link = {
  id: 'gateway',
  asks: 'Has each east-west gateway a Service of its network, an address, and a ready pod?',
  look: chain => {
    const specs = withGateway(chain.topology);
    return specs.length === 0
      ? [notApplicable('one network, and no remote: no call goes through a gateway')]
      : eachOf(chain, specs, cluster => judge(chain, cluster));
  },
};
