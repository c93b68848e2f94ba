/** Networks, clusters and nodes that are cut off. */
import { HarnessError } from '../../base/errors.ts';
import { type Cidr, contains, parseCidr } from '../../base/ipv4.ts';
import type { FaultFlowEnd } from '../../platform/fault-points.ts';
import { type FaultDefinition, type FaultHand, STAY_MS } from '../fault.ts';
import { betweenClusters, betweenNetworks } from '../flows.ts';
import { clusterOf, othersOf, severalNetworks, theCluster, theNetwork, theOthers } from '../places.ts';

const BLACK_HOLE = {
  shows:
    'New connections wait for the connect timeout of 10 s. Envoy 1.16.0 then answers 503 (a local ' +
    'reset, which it does not retry); later ones retry on a host that is left. A call on a connection ' +
    'that is in the pool hangs until TCP gives up. No passive health check takes the endpoint out.',
  source: 'istio/istio #32523 and #35703; pilot/pkg/networking/core/v1alpha3/route/retry/retry.go @1.8.0',
};

const partitionNetworks: FaultDefinition = {
  id: 'partition-networks',
  sentence: 'A network is cut off from all others: gateways, API servers and istiod included.',
  parameters: { network: theNetwork('which is cut off') },
  does: 'Packets between the network and the others vanish, both ways.',
  real: BLACK_HOLE,
  clears: 'Packets pass again; TCP sends again what was lost.',
  stayMs: STAY_MS,
  outside: severalNetworks,
  begin: async hand => {
    const { topology, values } = hand;
    const others = topology.networks
      .map(({ name }) => name as string)
      .filter(name => name !== values.network);
    const pairs = others.map(other => betweenNetworks(values.network ?? '', other));
    hand.hinder({ kind: 'drop' }, flow => pairs.some(matches => matches(flow)));
    return `${values.network} and ${others.join(', ')} are cut off from each other`;
  },
};

const partitionClusters: FaultDefinition = {
  id: 'partition-clusters',
  sentence: 'A cluster is cut off from others, on one network too.',
  parameters: { cluster: theCluster('which is cut off'), from: theOthers('from which it is cut off') },
  does: 'Packets between the clusters vanish, both ways: of pods, nodes, gateways and API servers.',
  real: BLACK_HOLE,
  clears: 'Packets pass again; TCP sends again what was lost.',
  stayMs: STAY_MS,
  begin: async hand => {
    const others = othersOf(hand);
    hand.hinder({ kind: 'drop' }, betweenClusters(clusterOf(hand), others));
    return `${clusterOf(hand)} and ${others.join(', ')} are cut off from each other`;
  },
};

interface NodeShape {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly pods: Cidr | undefined;
}

async function nodesOf(hand: FaultHand): Promise<readonly NodeShape[]> {
  const path = { apiVersion: 'v1', plural: 'nodes' };
  const { items } = await hand.clientOf(clusterOf(hand)).list(path, {}, hand.signal);
  return items.map(({ metadata, spec, status }) => ({
    name: metadata.name ?? '',
    // Of a node, as the API server has it.
    addresses: ((status as { addresses?: { address: string }[] })?.addresses ?? []).map(
      ({ address }) => address,
    ),
    pods: parseCidr((spec as { podCIDR?: string })?.podCIDR ?? ''),
  }));
}

async function theNode(hand: FaultHand): Promise<NodeShape> {
  const nodes = await nodesOf(hand);
  const { node } = hand.values;
  const found = node === undefined ? nodes.at(-1) : nodes.find(({ name }) => name === node);
  if (found) return found;
  throw new HarnessError('ERR_USAGE', `${clusterOf(hand)} has no node "${node ?? ''}".`, {
    hint: `Its nodes: ${nodes.map(({ name }) => name).join(', ')}.`,
  });
}

const nodeAway: FaultDefinition = {
  id: 'node-away',
  sentence: 'A node of a cluster has lost its network: nothing reaches its pods, and nothing leaves them.',
  parameters: {
    cluster: theCluster('whose node it is'),
    node: { what: 'the node', otherwise: 'the last one of the cluster' },
  },
  does:
    'Packets between the node or its pods and everything outside of it vanish. On the first node are the ' +
    'API server and the name server.',
  real: {
    shows:
      'As a partition for whoever calls its pods, until node-lifecycle finds the node silent for 40 s: ' +
      'then it is NotReady, its pods are not ready, and istiod takes their endpoints away; after 5 ' +
      'minutes they are evicted.',
    source:
      'kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go @v1.32.0 (by ' +
      'what its defaults say)',
  },
  clears: 'Packets pass again; TCP sends again what was lost.',
  notSimulated: 'Nodes send no heartbeats, so none gets NotReady, and no pod is evicted.',
  stayMs: STAY_MS,
  begin: async hand => {
    const node = await theNode(hand);
    const isOfNode = ({ cluster, kind, address }: FaultFlowEnd) =>
      cluster === clusterOf(hand) &&
      (kind === 'node'
        ? node.addresses.includes(address)
        : node.pods !== undefined && contains(node.pods, address));
    hand.hinder({ kind: 'drop' }, ({ from, to }) => isOfNode(from) !== isOfNode(to));
    return `${node.name} of ${clusterOf(hand)} has no network`;
  },
};

/** Faults that cut off. */
export const PARTITIONS: readonly FaultDefinition[] = [partitionNetworks, partitionClusters, nodeAway];
