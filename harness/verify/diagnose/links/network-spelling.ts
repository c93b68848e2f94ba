/** The spelling of networks: what is one network for people is one for istiod, letter by letter. */
import type { Spelled } from '../installed.ts';
import type { Chain } from './chain.ts';
import { broken, notAsked, ok, type Reached, reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

/** Reduces a network's name to what people hear: `Network-1` and `network1` are one. */
export const normalized = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

interface Place extends Spelled {
  readonly cluster: Reached;
}

const placesIn = (cluster: Reached): readonly Place[] =>
  [
    ...cluster.installed.networks,
    ...cluster.installed.meshNetworks.map(({ name }) => ({ name, where: 'meshNetworks' })),
  ].map(spelled => ({ ...spelled, cluster }));

const told = ({ name, where, cluster }: Place): string => `${name} in ${where} of ${cluster.name}`;

/** Names the steps that write a network's name there. */
const stepsOf = ({ steps }: Chain, { where, cluster }: Place): readonly string[] =>
  where.includes('Service')
    ? steps.about('gateway-install', cluster.name)
    : where.includes('namespace')
      ? steps.about('network-label', cluster.name)
      : steps.about('install', cluster.name);

function look(chain: Chain): readonly Finding[] {
  const places = chain.topology.clusters.flatMap(({ name }) => {
    const cluster = reached(chain, name);
    return cluster ? placesIn(cluster) : [];
  });
  if (places.length === 0) return [notAsked('nothing in the clusters names a network')];
  const byEar = new Map<string, Place[]>();
  for (const place of places)
    byEar.set(normalized(place.name), [...(byEar.get(normalized(place.name)) ?? []), place]);
  const findings = [...byEar.values()].flatMap(same => {
    const count = (name: string) => same.filter(place => place.name === name).length;
    const [rare] = [...same].sort((a, b) => count(a.name) - count(b.name));
    const other = rare && same.find(place => place.name !== rare.name);
    if (!rare || !other) return [];
    return [
      broken(`one network is spelled in two ways: ${told(rare)}, ${told(other)}`, [
        stepsOf(chain, rare),
        stepsOf(chain, other),
      ]),
    ];
  });
  return findings.length > 0
    ? findings
    : [ok([...new Set(places.map(({ name }) => name))].sort().join(', '))];
}

/** The name of a network, spelled one way where it is one network. */
export const networkSpelling: Link = {
  id: 'network-spelling',
  asks: 'Is each network spelled in one way, in values, labels, Services, sidecars and meshNetworks?',
  look,
};
