/**
 * Load balancing: nothing takes the choice among all endpoints away, and they weigh what stands behind them.
 */
import { list } from '../../../base/untyped.ts';
import type { ClusterName } from '../../../model/names.ts';
import { NAMESPACE, SERVICE } from '../../workloads.ts';
import { itemsOf } from '../cluster-objects.ts';
import type { KnownEndpoint } from '../facts.ts';
import { at, text } from '../object-fields.ts';
import { leadsElsewhere } from '../routes.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

const HOSTS = [
  SERVICE,
  `${SERVICE}.${NAMESPACE}`,
  `${SERVICE}.${NAMESPACE}.svc.cluster.local`,
  '*',
  '*.local',
];
const isOurs = (host: unknown): boolean => HOSTS.includes(text(host) ?? '');

/** What a traffic policy does to the choice among clusters; undefined if nothing. */
function effectOf(policy: unknown): string | undefined {
  if (at(policy, 'tls', 'mode') === 'DISABLE')
    return 'turns mTLS off, without which no call passes a gateway';
  const locality = at(policy, 'loadBalancer', 'localityLbSetting');
  if (locality !== undefined && at(locality, 'enabled') !== false) return 'prefers localities';
  return undefined;
}

/** Finds rules that choose among the endpoints of HelloWorld. @throws NotAsked */
function rulesOf({ facts }: Reached): readonly string[] {
  const rules = itemsOf(facts.objects, 'destinationRules')
    .filter(rule => isOurs(at(rule, 'spec', 'host')))
    .flatMap(rule => {
      const effect = effectOf(at(rule, 'spec', 'trafficPolicy'));
      return effect === undefined ? [] : [`the DestinationRule ${rule.metadata.name} ${effect}`];
    });
  const routes = itemsOf(facts.objects, 'virtualServices')
    .filter(each => list(at(each, 'spec', 'hosts')).some(isOurs) && leadsElsewhere(each))
    .map(each => `the VirtualService ${each.metadata.name} routes its calls`);
  return [...rules, ...routes];
}

/** Counts the ready pods of HelloWorld of a network, or of one cluster of the client's own. */
function podsBehind(chain: Chain, from: Reached, endpoint: KnownEndpoint): number {
  const { network } = from.facts.spec;
  return [...chain.clusters.values()]
    .filter(({ spec }) =>
      endpoint.owner?.kind === 'pod'
        ? spec.name === endpoint.owner.cluster
        : spec.network !== network &&
          spec.network === chain.clusters.get(endpoint.owner?.cluster ?? spec.name)?.spec.network,
    )
    .reduce((sum, { pods }) => sum + pods.filter(({ app, isReady }) => app === SERVICE && isReady).length, 0);
}

/** Sums the weight of endpoints by whom they lead to. */
function judgeWeights(chain: Chain, from: Reached, known: readonly KnownEndpoint[]): Finding {
  const weights = new Map<string, { readonly weight: number; readonly pods: number }>();
  for (const endpoint of known) {
    const { owner, weight } = endpoint;
    if (!owner) continue;
    const network = chain.clusters.get(owner.cluster)?.spec.network ?? '';
    const key = owner.kind === 'pod' ? `pods of ${owner.cluster}` : `the gateways of ${network}`;
    weights.set(key, {
      weight: (weights.get(key)?.weight ?? 0) + weight,
      pods: podsBehind(chain, from, endpoint),
    });
  }
  const all = [...weights.values()].reduce((sum, each) => sum + each.weight, 0);
  const pods = [...weights.values()].reduce((sum, each) => sum + each.pods, 0);
  const odd = [...weights].find(([, each]) => each.weight * pods !== each.pods * all);
  if (odd && pods > 0) {
    const [whose, its] = odd;
    return broken(
      `in ${from.name} ${whose} weigh ${its.weight} of ${all}, with ${its.pods} of ${pods} pods`,
      [chain.steps.about('gateway-install'), chain.steps.about('install', from.name)],
    );
  }
  const told = [...weights].map(([whose, { weight }]) => `${whose} ${weight}`);
  return ok(`${from.name}: ${told.join(', ')}`);
}

function judge(chain: Chain, cluster: Reached): Finding {
  const name: ClusterName = cluster.name;
  const rules = rulesOf(cluster);
  if (rules.length > 0) {
    const [rule = ''] = rules;
    const kind = rule.includes('VirtualService') ? 'virtualservice' : 'destinationrule';
    return broken(`in ${name} ${rules.join(', and ')}: not every call may go to every cluster`, [], {
      repair: `kubectl --context="\${CTX_${name.toUpperCase().replaceAll('-', '_')}}" get ${kind} -A`,
    });
  }
  const asked = chain.probes.endpoints.get(name);
  if (!asked) return notAsked(`the client in ${name} has no proxy that could be asked`);
  if ('trouble' in asked) return notAsked(`the proxy of the client in ${name}: ${asked.trouble}`);
  return judgeWeights(chain, cluster, asked.answer);
}

/** The weights of endpoints, and rules that take the choice away. */
export const loadBalancing: Link = {
  id: 'load-balancing',
  asks: 'May each call go to any cluster, by rules and by the weight of the client’s endpoints?',
  look: chain => {
    const specs = chain.topology.clusters.filter(({ client }) => client);
    return specs.length === 0
      ? [notAsked('there is no client whose proxy could be asked')]
      : eachOf(chain, specs, cluster => judge(chain, cluster));
  },
};
