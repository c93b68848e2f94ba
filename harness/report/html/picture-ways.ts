/** The arrows of a picture: calls, remote secrets, and who serves which proxy, each out of evidence. Pure. */
import { type ClusterSpec, controlPlaneOf, primariesOf, type Topology } from '../../model/topology.ts';
import type { SeenCluster, SeenProxy, Sight } from '../../verify/seen/seen.ts';
import type { ScenarioReport } from '../report.ts';
import { percent } from '../words.ts';
import type { Stray, Way } from './picture-model.ts';

/**
 * Lists the ways of a scenario.
 * @param parts - ids of what is drawn: a way without one of its ends is not
 */
export function waysOf(scenario: ScenarioReport, parts: ReadonlySet<string>): readonly Way[] {
  return [...calls(scenario), ...secrets(scenario), ...connections(scenario)].flatMap(({ via, ...way }) => {
    // A secret lies in the API server, if no istiod is there to read it.
    const from =
      way.kind === 'secret' && !parts.has(way.from) ? way.from.replace(/^\w+/, 'api-server') : way.from;
    if (!parts.has(from) || !parts.has(way.to)) return [];
    return [{ ...way, from, ...(via !== undefined && parts.has(via) && { via }) }];
  });
}

/** Lists the remote secrets that are for no cluster of the topology. */
export const straysOf = ({ seen }: ScenarioReport): readonly Stray[] =>
  seen.clusters.flatMap(({ cluster: holder, remoteSecrets }) =>
    remoteSecrets.secrets
      .filter(({ cluster }) => cluster === null)
      .map(secret => ({
        ...sightOf(secret),
        id: `secret/${holder}/${secret.secret}`,
        says:
          `remote secret ${secret.secret} of ${holder} for ${secret.id ?? 'nobody'}, ` +
          'no cluster of the mesh',
      })),
  );

const sightOf = ({ state, error }: Sight): Sight => ({ state, ...(error !== undefined && { error }) });

/** Names the part that calls of a cluster's HelloWorld end at: its first version. */
const helloWorldIn = ({ seen }: ScenarioReport, name: string): string => {
  const found = seen.clusters.find(({ cluster }) => cluster === name)?.helloWorld ?? [];
  const version = found.find(({ state }) => state === 'present') ?? found[0];
  return `helloworld/${name}/${version?.version ?? ''}`;
};

function calls(scenario: ScenarioReport): readonly Way[] {
  const { topology, seen } = scenario;
  const networkOf = (name: string) => topology.clusters.find(each => each.name === name)?.network;
  return seen.calls.map(call => {
    const { from, to, answered, requests, via } = call;
    // Of a proxy without an endpoint nothing shows the way; between networks there is one only.
    const gateway = via === undefined && networkOf(from) !== networkOf(to) ? to : via;
    const isOpen = call.state === 'not-seen' && requests > 0;
    const share = requests === 0 ? 0 : answered / requests;
    return {
      ...sightOf(call),
      id: `call/${from}/${to}`,
      kind: 'call',
      from: `client/${from}`,
      to: helloWorldIn(scenario, to),
      ...(typeof gateway === 'string' && { via: `gateway/${gateway}` }),
      says: from === to ? `calls within ${from}` : `calls from ${from} to ${to}`,
      ...(isOpen && { isOpen }),
      label: call.state === 'not-seen' && !isOpen ? 'not asked' : percent(share).replace('.0 ', ' '),
      share,
    };
  });
}

/** Lists the pairs of clusters for which the guide has a remote secret: holder, and whom it is for. */
const secretPairs = (topology: Topology): readonly (readonly [string, string])[] =>
  primariesOf(topology).flatMap(primary =>
    topology.clusters
      .filter(({ name }) => name !== primary.name)
      .map(({ name }) => [primary.name, name] as const),
  );

function secrets({ topology, seen }: ScenarioReport): readonly Way[] {
  const held = seen.clusters.flatMap(({ cluster: holder, remoteSecrets }) =>
    remoteSecrets.secrets.flatMap((secret, index, all) => {
      if (secret.cluster === null) return [];
      const earlier = all.slice(0, index).filter(each => each.cluster === secret.cluster).length;
      const label = secret.state === 'present' ? 'remote secret' : 'secret of no use';
      return [secretWay(holder, secret.cluster, secret, label, earlier)];
    }),
  );
  const missing = secretPairs(topology).flatMap(([holder, cluster]) => {
    const there = seen.clusters.find(each => each.cluster === holder)?.remoteSecrets;
    if (!there || there.secrets.some(secret => secret.cluster === cluster)) return [];
    const state = there.state === 'not-seen' ? 'not-seen' : 'absent';
    const sight: Sight = { ...sightOf(there), state };
    return [secretWay(holder, cluster, sight, state === 'absent' ? 'no secret' : 'not seen')];
  });
  return [...held, ...missing];
}

const secretWay = (holder: string, cluster: string, sight: Sight, label: string, earlier = 0): Way => ({
  ...sightOf(sight),
  id: `secret/${holder}/${cluster}${earlier > 0 ? `/${earlier + 1}` : ''}`,
  kind: 'secret',
  from: `istiod/${holder}`,
  to: `api-server/${cluster}`,
  says: `remote secret of ${holder} for ${cluster}`,
  label,
});

/** Names the part that a workload's proxy sits in. */
function partOf(cluster: string, workload: string): string {
  const version = /^helloworld-(.+)$/.exec(workload)?.[1];
  if (version !== undefined) return `helloworld/${cluster}/${version}`;
  return workload === 'istio-eastwestgateway' ? `gateway/${cluster}` : `client/${cluster}`;
}

/** Draws each proxy to its istiod; to one of another cluster by way of the Service that leads there. */
function connections({ topology, seen }: ScenarioReport): readonly Way[] {
  return seen.clusters.flatMap(cluster => {
    const spec = topology.clusters.find(({ name }) => name === cluster.cluster);
    if (!spec) return [];
    const ends = cluster.proxies.flatMap(proxy =>
      istiodsOf(proxy, spec).map(istiod => ({ proxy, istiod, isFar: istiod !== spec.name })),
    );
    const far = [...new Set(ends.filter(({ isFar }) => isFar).map(({ istiod }) => istiod))];
    return [
      ...ends.map(({ proxy, istiod, isFar }) => connection(spec.name, proxy, istiod, isFar)),
      ...far.map(istiod =>
        crossing(
          cluster,
          istiod,
          ends.filter(end => end.istiod === istiod).map(({ proxy }) => proxy),
        ),
      ),
    ];
  });
}

/** Returns the clusters whose istiod serves a proxy; of one that is not served, the one that should. */
const istiodsOf = ({ istiods }: SeenProxy, spec: ClusterSpec): readonly string[] =>
  istiods.length > 0 ? istiods : [controlPlaneOf(spec)];

const connection = (name: string, proxy: SeenProxy, istiod: string, isFar: boolean): Way => ({
  ...sightOf(proxy),
  id: `xds/${name}/${proxy.workload}/${istiod}`,
  kind: 'xds',
  from: partOf(name, proxy.workload),
  to: isFar ? `istiod-service/${name}` : `istiod/${istiod}`,
  says: `configuration of ${proxy.workload} in ${name} by the istiod of ${istiod}`,
  label: '',
});

/** Draws the way of all proxies of a cluster to the istiod of another one. */
function crossing(
  { cluster, istiodService }: SeenCluster,
  istiod: string,
  proxies: readonly SeenProxy[],
): Way {
  const gateway = istiodService.leadsTo.find(({ owner }) => owner?.kind === 'gateway')?.owner;
  const best =
    proxies.find(({ state }) => state === 'present') ??
    proxies.find(({ state }) => state === 'broken') ??
    proxies[0];
  const sight: Sight = best ?? { state: 'not-seen' };
  const isServed = best !== undefined && best.istiods.length > 0;
  return {
    ...sightOf(sight),
    id: `xds/${cluster}/${istiod}`,
    kind: 'xds',
    from: `istiod-service/${cluster}`,
    to: `istiod/${istiod}`,
    ...(gateway && { via: `gateway/${gateway.cluster}` }),
    says: `configuration of ${cluster} by the istiod of ${istiod}`,
    label: {
      present: 'xDS',
      broken: isServed ? 'xDS refused' : 'no xDS',
      absent: 'no xDS',
      'not-seen': 'not seen',
    }[sight.state],
  };
}
