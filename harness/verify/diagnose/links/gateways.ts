/** Which clusters need an east-west gateway, and its Service and pods as objects. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { list } from '../../../base/untyped.ts';
import {
  type ClusterSpec,
  isMultiNetwork,
  isRemote,
  remotesOf,
  type Topology,
} from '../../../model/topology.ts';
import { GATEWAY } from '../../workloads.ts';
import { itemsOf, objectIn } from '../cluster-objects.ts';
import { at } from '../object-fields.ts';
import type { Reached } from './findings.ts';

/** Port that gateways take calls of services on. */
export const SERVICES_PORT = 15443;

/** Returns the clusters that have remotes of their own. */
const controlPlanesIn = (topology: Topology): readonly ClusterSpec[] =>
  topology.clusters.filter(spec => !isRemote(spec) && remotesOf(topology, spec.name).length > 0);

/** Tells whether remotes find their istiod through a cluster's gateway. */
export const exposesControlPlane = (topology: Topology, { name }: ClusterSpec): boolean =>
  controlPlanesIn(topology).some(spec => spec.name === name);

/** Returns the clusters that the guide gives an east-west gateway. */
export const withGateway = (topology: Topology): readonly ClusterSpec[] =>
  topology.clusters.filter(spec => isMultiNetwork(topology) || exposesControlPlane(topology, spec));

/** Returns the gateway's Service. @throws NotAsked */
export const serviceOf = ({ facts }: Reached): KubernetesObject | undefined =>
  objectIn(facts.objects, 'istioServices', GATEWAY);

/** Returns the ports of its Service. @throws NotAsked */
export const portsOf = (cluster: Reached): readonly unknown[] =>
  list(at(serviceOf(cluster), 'spec', 'ports')).map(port => at(port, 'port'));

/** Tells whether a selector, of labels or undefined for all, picks pods of the gateway. @throws NotAsked */
export function selectsGateway(selector: unknown, { facts }: Reached): boolean {
  const wanted = Object.entries(typeof selector === 'object' && selector !== null ? selector : {});
  return itemsOf(facts.objects, 'istioPods').some(
    ({ metadata: { labels = {} } }) =>
      labels['app'] === GATEWAY && wanted.every(([key, value]) => labels[key] === value),
  );
}
