/** The ports of east-west gateways: the Service has them, and packets to them arrive. */
import { isMultiNetwork } from '../../../model/topology.ts';
import { ISTIOD_PORT } from '../../workloads.ts';
import { type Chain, reachKey } from './chain.ts';
import { broken, eachOf, notApplicable, notAsked, ok, type Reached } from './findings.ts';
import { exposesControlPlane, portsOf, SERVICES_PORT, serviceOf, withGateway } from './gateways.ts';
import type { Finding, Link } from './link.ts';

/** What curl says when time is up. */
const TIMED_OUT = 28;

/** Writes the address that probes ask; any answer, a refusal too, shows that packets arrive. */
export const gatewayUrl = (address: string): string => `https://${address}:${SERVICES_PORT}`;

/** Looks at what the clients of other networks saw of the gateway. */
function judgeWay(chain: Chain, { name, facts }: Reached): Finding {
  const [address] = facts.gatewayAddresses ?? [];
  if (address === undefined) return notAsked(`the east-west gateway of ${name} has no address`);
  const asked = chain.topology.clusters.flatMap(spec => {
    const probe = chain.probes.reach.get(reachKey(spec.name, gatewayUrl(address)));
    return probe ? [{ from: spec.name, probe }] : [];
  });
  if (asked.length === 0)
    return notAsked(`no client could be asked whether it reaches ${address}:${SERVICES_PORT}`);
  const lost = asked.find(({ probe }) => 'answer' in probe && probe.answer.exitCode === TIMED_OUT);
  if (lost) {
    return broken(`packets of ${lost.from} to ${address}:${SERVICES_PORT}, the gateway of ${name}, vanish`, [
      chain.steps.about('gateway-install', name),
      chain.steps.about('gateway-address', name),
    ]);
  }
  const silent = asked.find(({ probe }) => 'trouble' in probe);
  if (silent && 'trouble' in silent.probe) return notAsked(`from ${silent.from}: ${silent.probe.trouble}`);
  return ok(`${address}:${SERVICES_PORT} answers ${asked.map(({ from }) => from).join(' and ')}`);
}

function judge(chain: Chain, cluster: Reached): readonly Finding[] | Finding {
  const { name, facts } = cluster;
  if (!serviceOf(cluster)) return notAsked(`there is no gateway in ${name}`);
  const wanted = [
    ...(isMultiNetwork(chain.topology) ? [SERVICES_PORT] : []),
    ...(exposesControlPlane(chain.topology, facts.spec) ? [ISTIOD_PORT] : []),
  ];
  const lacking = wanted.filter(port => !portsOf(cluster).includes(port));
  if (lacking.length > 0) {
    return broken(`the Service of the gateway of ${name} has no port ${lacking.join(' and ')}`, [
      chain.steps.about('gateway-install', name),
    ]);
  }
  return isMultiNetwork(chain.topology)
    ? judgeWay(chain, cluster)
    : ok(`${name} has port ${wanted.join(', ')}`);
}

/** The port of the gateway's Service, tried from pods of other networks. */
export const gatewayPort: Link = {
  id: 'gateway-port',
  asks: 'Has each gateway’s Service its port, and do packets of clients on other networks arrive there?',
  look: chain => {
    const specs = withGateway(chain.topology);
    return specs.length === 0
      ? [notApplicable('one network, and no remote: no call goes through a gateway')]
      : eachOf(chain, specs, cluster => judge(chain, cluster));
  },
};
