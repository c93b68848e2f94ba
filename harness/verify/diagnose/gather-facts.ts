/** Reads the facts of a diagnosis from the API servers. */
import { unlessAborted } from '../../base/abort.ts';
import type { ApiClient } from '../../base/api-client.ts';
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { list } from '../../base/untyped.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import type { CheckContext } from '../check.ts';
import { addressesOf } from '../gateway-addresses.ts';
import { podsOf } from '../pods.ts';
import { GATEWAY, ISTIO_NAMESPACE, NAMESPACE, SERVICE } from '../workloads.ts';
import { type ClusterObjects, itemsOr, type ObjectList, readObjects } from './cluster-objects.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { type IstiodComplaints, readComplaints } from './istiod-log.ts';
import { at, text } from './object-fields.ts';
import {
  asksForPlainText,
  clusterIdIn,
  exposesServices,
  isForGateway,
  serviceFact,
  trustDomainIn,
} from './sample-settings.ts';
import { warningsIn } from './warnings.ts';

/** Reads one cluster's facts. @throws KubernetesApiError if the API server refuses to list the core kinds */
export async function readCluster(
  spec: ClusterSpec,
  client: ApiClient,
  signal: AbortSignal,
): Promise<ReadCluster> {
  const objects = await readObjects(client, signal);
  for (const core of CORE) {
    const listed = objects[core];
    if ('error' in listed) throw listed.error;
  }
  const complaints = await readComplaints(client, podsOf(itemsOr(objects.istioPods)), signal);
  return factsOf(spec, objects, complaints);
}

/** The lists without which nothing can be said of a cluster. */
const CORE = ['namespaces', 'samplePods', 'istioPods', 'sampleServices', 'istioServices'] as const;

/** The ConfigMap in which istiod publishes the root to each namespace. */
const ROOTS = 'istio-ca-root-cert';

/** The facts of a cluster before it is compared with others: its root as it was published. */
export type ReadCluster = Omit<ClusterFacts, 'root'> & { readonly rootText: string | undefined };

/** Makes the facts of a cluster from its objects. Pure. */
function factsOf(spec: ClusterSpec, objects: ClusterObjects, complaints: IstiodComplaints): ReadCluster {
  const named = (list: ObjectList, name: string) =>
    itemsOr(objects[list]).find(({ metadata }) => metadata.name === name);
  const namespace = named('namespaces', NAMESPACE);
  const istioNamespace = named('namespaces', ISTIO_NAMESPACE);
  const service = named('sampleServices', SERVICE);
  const rules = itemsOr(objects.destinationRules).filter(({ metadata }) =>
    [NAMESPACE, ISTIO_NAMESPACE].includes(metadata.namespace ?? ''),
  );
  const istioPods = podsOf(itemsOr(objects.istioPods));
  const gateway = named('istioServices', GATEWAY);
  const doors = itemsOr(objects.istioPods).filter(({ metadata }) => metadata.labels?.['app'] === GATEWAY);
  const servers = itemsOr(objects.gateways)
    .filter(each => isForGateway(each, doors))
    .flatMap(each => list(at(each, 'spec', 'servers')));
  return {
    spec,
    objects,
    pods: podsOf(itemsOr(objects.samplePods)),
    namespaceExists: namespace !== undefined,
    injection: namespace?.metadata.labels?.['istio-injection'],
    revision: namespace?.metadata.labels?.['istio.io/rev'],
    serviceExists: service !== undefined,
    service: service && serviceFact(service, itemsOr(objects.samplePods)),
    asksForPlainText: asksForPlainText(rules),
    trustDomain: trustDomainIn(named('istioConfigMaps', 'istio')),
    complaints,
    warnings: warningsIn(itemsOr(objects.events)),
    uid: istioNamespace?.metadata.uid,
    networkLabel: istioNamespace?.metadata.labels?.['topology.istio.io/network'],
    hasInjector: itemsOr(objects.webhooks).some(
      ({ metadata }) => metadata.labels?.['app'] === 'sidecar-injector',
    ),
    clusterId: clusterIdIn(itemsOr(objects.istioPods)),
    istiods: istioPods.filter(({ app }) => app === 'istiod').length,
    readyIstiods: istioPods.filter(
      ({ app, status, readyContainers }) => app === 'istiod' && status === 'Running' && readyContainers > 0,
    ).length,
    gatewayAddresses: gateway && addressesOf(gateway),
    gatewayNetwork: gateway?.metadata.labels?.['topology.istio.io/network'],
    gateways: istioPods.filter(({ app }) => app === GATEWAY).length,
    readyGateways: istioPods.filter(
      ({ app, readyContainers, containers }) => app === GATEWAY && readyContainers === containers,
    ).length,
    remoteSecrets: itemsOr(objects.istioSecrets)
      .filter(({ metadata }) => metadata.labels?.['istio/multiCluster'] === 'true')
      .map(clusterNameIn),
    exposesServices: servers.some(exposesServices),
    openPorts: servers.map(server => Number(at(server, 'port', 'number'))),
    hasCacerts: named('istioSecrets', 'cacerts') !== undefined,
    controlPlaneClusters: istioNamespace?.metadata.annotations?.['topology.istio.io/controlPlaneClusters'],
    // A step may have failed before there is a namespace for workloads.
    rootText: text(
      at(named('sampleConfigMaps', ROOTS) ?? named('istioConfigMaps', ROOTS), 'data', 'root-cert.pem'),
    ),
  };
}

/** Returns the name of the cluster that a remote secret gives access to. */
export const clusterNameIn = ({ metadata }: KubernetesObject): string =>
  metadata.annotations?.['networking.istio.io/cluster'] ??
  (metadata.name ?? '').replace(/^istio-remote-secret-/, '');

type Asked = Pick<CheckContext, 'topology' | 'clusters' | 'signal'>;

/** What is being read, by whose clusters; nothing is kept once it has been read. */
const underWay = new WeakMap<CheckContext['clusters'], Promise<Facts>>();

/**
 * Reads what the steps of the guide left behind in every cluster. Checks that ask while it is read have it
 * from one reading: where a mesh of n clusters fails, n of them do.
 * @throws KubernetesApiError if an API server refuses to list the core kinds
 */
export async function gatherFacts(asked: Asked): Promise<Facts> {
  const { clusters, signal } = asked;
  const others = underWay.get(clusters);
  if (others) {
    const facts = await unlessAborted(
      others.catch(() => undefined), // its check may have ended
      signal,
    );
    return facts ?? (await readFacts(asked));
  }
  const own = readFacts(asked);
  underWay.set(clusters, own);
  try {
    return await own;
  } finally {
    underWay.delete(clusters);
  }
}

async function readFacts({ topology, clusters, signal }: Asked): Promise<Facts> {
  const read = await Promise.all(
    [...clusters.values()].map(({ spec, client }) => readCluster(spec, client, signal)),
  );
  return compareClusters(topology, read);
}

/** Makes the facts of a mesh from those of its clusters: tells their roots apart. Pure. */
export function compareClusters(topology: Topology, read: readonly ReadCluster[]): Facts {
  const roots = [...new Set(read.map(({ rootText }) => rootText).filter(root => root !== undefined))];
  return {
    topology,
    roots: roots.length,
    clusters: new Map(
      read.map(({ rootText, ...facts }) => [
        facts.spec.name,
        { ...facts, root: rootText === undefined ? undefined : roots.indexOf(rootText) + 1 },
      ]),
    ),
  };
}
