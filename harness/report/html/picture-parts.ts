/** The boxes of a picture: what of each cluster was seen, and what the guide has there and was not. Pure. */
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  isRemote,
  remotesOf,
  type Topology,
} from '../../model/topology.ts';
import type { SeenCluster, SeenPods, Sight } from '../../verify/seen/seen.ts';
import type { ScenarioReport } from '../report.ts';
import type { Part, PartKind, PicturedCluster } from './picture-model.ts';

/** Lists the clusters of a scenario with their parts, those of one network side by side. */
export function clustersOf({ topology, seen }: ScenarioReport): readonly PicturedCluster[] {
  const specs = topology.networks.flatMap(({ name }) =>
    topology.clusters.filter(({ network }) => network === name),
  );
  return specs.flatMap(spec => {
    const found = seen.clusters.find(({ cluster }) => cluster === spec.name);
    return found ? [pictured(spec, found, topology)] : [];
  });
}

function pictured(spec: ClusterSpec, seen: SeenCluster, topology: Topology): PicturedCluster {
  const role = isRemote(spec) ? `remote of ${controlPlaneOf(spec)}` : 'primary';
  return { name: spec.name, network: spec.network, role, parts: partsOf(spec, seen, topology) };
}

/** Tells whether a thing is to be drawn: it is there, or the guide has it there. */
const isDrawn = ({ state }: Sight, isExpected: boolean): boolean =>
  isExpected || state === 'present' || state === 'broken';

const sightOf = ({ state, error }: Sight): Sight => ({ state, ...(error !== undefined && { error }) });

/** Says in a few words how a thing was seen. */
function detailOf({ state }: Sight, present: string, broken = 'broken'): string {
  return { present, absent: 'absent', broken, 'not-seen': 'not seen' }[state];
}

function partsOf(spec: ClusterSpec, seen: SeenCluster, topology: Topology): readonly Part[] {
  const { name } = spec;
  const part = (kind: PartKind, title: string, sight: Sight, detail: string): Part => ({
    ...{ id: `${kind}/${name}`, kind, cluster: name, title, detail },
    ...sightOf(sight),
  });
  const { apiServer, istiod, istiodService, gateway, client } = seen;
  const hasGateway = isMultiNetwork(topology) || remotesOf(topology, name).length > 0;
  const served = seen.proxies.some(({ istiods }) => istiods.some(each => each !== name));
  return [
    part('api-server', 'API server', apiServer, detailOf(apiServer, seen.kubernetes ?? 'answers', 'refuses')),
    ...(isDrawn(istiod, !isRemote(spec))
      ? [
          part(
            'istiod',
            'istiod',
            istiod,
            detailOf(istiod, istiod.version ?? 'ready', `${istiod.ready} of ${istiod.pods} ready`),
          ),
        ]
      : []),
    ...(isDrawn(istiodService, isRemote(spec) || served)
      ? [
          part(
            'istiod-service',
            istiodService.name ?? 'Service of istiod',
            istiodService,
            detailOf(istiodService, leadsTo(seen), 'leads nowhere'),
          ),
        ]
      : []),
    ...(isDrawn(client, spec.client)
      ? [part('client', client.name, client, podsDetail(client, hasProxy(seen, client.name)))]
      : []),
    ...seen.helloWorld.map(version => ({
      ...part(
        'helloworld',
        `helloworld ${version.version}`,
        version,
        podsDetail(version, hasProxy(seen, `helloworld-${version.version}`)),
      ),
      id: `helloworld/${name}/${version.version}`,
    })),
    ...(isDrawn(gateway, hasGateway)
      ? [part('gateway', 'east-west gateway', gateway, gatewayDetail(gateway))]
      : []),
  ];
}

const hasProxy = ({ proxies }: SeenCluster, name: string): boolean =>
  proxies.some(({ workload }) => workload === name);

function leadsTo({ istiodService }: SeenCluster): string {
  const [first] = istiodService.leadsTo;
  if (!first) return 'leads nowhere';
  return first.owner ? `to ${first.owner.kind} of ${first.owner.cluster}` : `to ${first.address}`;
}

function gatewayDetail(gateway: SeenCluster['gateway']): string {
  const { pods, ready, addresses } = gateway;
  const lacks = ready > 0 && addresses.length === 0 ? 'no address' : `${ready} of ${pods} ready`;
  return detailOf(gateway, addresses.join(', '), lacks);
}

function podsDetail(sight: SeenPods, isInjected: boolean): string {
  const { pods, ready } = sight;
  const sidecar = pods > 0 && !isInjected ? ', no sidecar' : '';
  return detailOf(sight, `${ready} of ${pods} ready${sidecar}`, `${ready} of ${pods} ready${sidecar}`);
}
