/** Looks at the clusters of a mesh once its checks have ended: what is there, and who is connected. */

import type { ApiClient } from '../../base/api-client.ts';
import { linkedSignal } from '../../base/deadline.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import type { CheckContext } from '../check.ts';
import { readLists } from '../diagnose/cluster-objects.ts';
import { at, text } from '../diagnose/object-fields.ts';
import { tryGather } from '../diagnose/try-gather.ts';
import type { ConnectedProxy } from '../istiod.ts';
import { GATEWAY, SERVICE } from '../workloads.ts';
import { askInside, type Inside } from './ask.ts';
import { type Istiods, proxiesSeen } from './proxies.ts';
import { secretsIn, secretsSeen } from './secrets.ts';
import { type SeenCluster, type SeenEndpoints, type SeenOwner, unseenCluster } from './seen.ts';
import {
  gatewaySeen,
  istiodSeen,
  istiodServiceSeen,
  type Lists,
  LOOKED_AT,
  podsIn,
  podsSeen,
  refusalOf,
  unseen,
} from './sights.ts';

/** Whom a look asks; a CheckContext fits. */
type Scene = Pick<CheckContext, 'topology' | 'clusters' | 'clock' | 'signal' | 'client'>;

/** Milliseconds of the clock for all of it. */
const LOOK_MS = 20_000;

/** A cluster whose API server has answered. */
interface Read {
  readonly spec: ClusterSpec;
  readonly client: ApiClient;
  readonly lists: Lists;
  readonly kubernetes: string | undefined;
}

/** A cluster, and what was told within it. */
interface Looked extends Read {
  readonly inside: Inside;
}

/** What the description of one cluster takes from all of them. */
interface Others {
  readonly all: readonly Looked[];
  readonly istiods: Istiods;
  readonly outer: AbortSignal;
}

/**
 * Looks at every cluster. It only reads: LIST, GET, logs, and exec of `pilot-discovery request` and
 * `pilot-agent request`. What could not be read is not seen, with the error.
 * @throws the signal's reason
 */
export async function lookAtClusters(scene: Scene): Promise<readonly SeenCluster[]> {
  const { topology, clusters, clock, signal } = scene;
  using linked = linkedSignal(signal, {
    clock,
    timeoutMs: LOOK_MS,
    reason: () => new Error(`no answer within ${LOOK_MS / 1000} s`),
  });
  const within: Scene = { ...scene, signal: linked.signal };
  const looked = await Promise.all(
    topology.clusters.map(async spec => {
      const client = clusters.get(spec.name)?.client;
      if (!client) return { spec, reason: 'it was not made' };
      const found = await tryGather(() => lookInside(within, spec, client, signal), signal);
      return 'reason' in found ? { spec, reason: found.reason } : found;
    }),
  );
  const all = looked.filter((each): each is Looked => !('reason' in each));
  const istiods: Istiods = new Map(
    looked.map(each => [each.spec.name, 'reason' in each ? each : each.inside.proxies]),
  );
  return await Promise.all(
    looked.map(each =>
      'reason' in each
        ? unseenCluster(each.spec.name, each.reason, {
            client: scene.client,
            helloWorld: each.spec.helloWorld,
          })
        : describe(within, each, { all, istiods, outer: signal }),
    ),
  );
}

async function lookInside(
  { clock, signal, client: app }: Scene,
  spec: ClusterSpec,
  client: ApiClient,
  outer: AbortSignal,
): Promise<Looked> {
  const [lists, version] = await Promise.all([
    readLists(client, LOOKED_AT, signal),
    client.request('GET', '/version', { signal }).catch(() => undefined),
  ]);
  const inside = await askInside({ client, app, clock, signal, outer }, lists, secretsIn(lists).length > 0);
  return { spec, client, lists, inside, kubernetes: text(at(version, 'gitVersion')) };
}

/** Finds whose an address is. A pod of the own cluster comes first, where pod ranges overlap. */
function ownerIn(all: readonly Looked[], from: ClusterSpec): (address: string) => SeenOwner {
  const order = [...all].sort((a, b) => Number(b.spec === from) - Number(a.spec === from));
  return address => {
    for (const { spec, lists } of order) {
      const cluster = spec.name;
      const isHere = (each: { readonly address: string | undefined }) => each.address === address;
      if (podsIn(lists.samplePods).some(isHere)) return { kind: 'pod', cluster };
      if (podsIn(lists.istioPods).some(pod => pod.app === 'istiod' && isHere(pod)))
        return { kind: 'istiod', cluster };
      if (podsIn(lists.istioPods).some(pod => pod.app === GATEWAY && isHere(pod)))
        return { kind: 'gateway', cluster };
    }
    const gateway = order.find(({ lists }) => gatewaySeen(lists).addresses.includes(address));
    return gateway ? { kind: 'gateway', cluster: gateway.spec.name } : null;
  };
}

async function describe(
  { topology, client: app, signal }: Scene,
  own: Looked,
  { all, istiods, outer }: Others,
): Promise<SeenCluster> {
  const { spec, client, lists, inside, kubernetes } = own;
  const ownerOf = ownerIn(all, spec);
  const refused = LOOKED_AT.map(list => refusalOf(lists[list])).find(why => why !== undefined);
  return {
    cluster: spec.name,
    apiServer: refused === undefined ? { state: 'present' } : { state: 'broken', error: refused },
    ...(kubernetes !== undefined && { kubernetes }),
    istiod: { ...istiodSeen(lists), ...('answer' in inside.version && { says: inside.version.answer }) },
    istiodService: istiodServiceSeen(lists, ownerOf),
    gateway: gatewaySeen(lists),
    remoteSecrets: secretsSeen(lists, inside.clusters, topology),
    helloWorld: versionsIn(lists, spec).map(version => ({
      version,
      ...podsSeen(lists.samplePods, pod => pod.app === SERVICE && pod.version === version),
    })),
    client: { name: app, ...podsSeen(lists.samplePods, pod => pod.app === app) },
    proxies: await proxiesSeen(lists, app, istiods, { client, signal, outer }),
    ...('answer' in inside.proxies && { proxyVersions: versionsOf(inside.proxies.answer) }),
    endpoints: endpointsSeen(inside.endpoints, ownerOf),
  };
}

/** Lists what proxies say that they are, each once, in order. */
const versionsOf = (proxies: readonly ConnectedProxy[]): readonly string[] =>
  [...new Set(proxies.flatMap(({ version = [] }) => version))].sort();

/** Lists the versions of HelloWorld that a cluster is to have, and those that it has besides. */
function versionsIn({ samplePods }: Lists, { helloWorld }: ClusterSpec): readonly string[] {
  const found = podsIn(samplePods).flatMap(({ app, version }) =>
    app === SERVICE && version !== undefined ? [version] : [],
  );
  return [...new Set([...helloWorld, ...found.sort()])];
}

function endpointsSeen(told: Inside['endpoints'], ownerOf: (address: string) => SeenOwner): SeenEndpoints {
  if ('reason' in told) return { ...unseen(told.reason), endpoints: [] };
  const endpoints = told.answer.map(({ address, port }) => ({
    address: `${address}:${port}`,
    owner: ownerOf(address),
  }));
  return { state: endpoints.length === 0 ? 'absent' : 'present', endpoints };
}
