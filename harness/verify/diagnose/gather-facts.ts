/** Reads the facts of a diagnosis from the API servers. */
import {
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
} from '../../base/kubernetes-client.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import type { CheckContext } from '../check.ts';
import { gatewayAddressesIn } from '../gateway-addresses.ts';
import { listPods } from '../pods.ts';
import { GATEWAY, ISTIO_NAMESPACE, NAMESPACE, SERVICE } from '../workloads.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { at, list, text } from './object-fields.ts';
import { warningsIn } from './warnings.ts';

/** Lists objects. Answers of the API server are facts too: a kind that is not there has no objects. */
async function items(
  client: KubernetesClient,
  path: { readonly apiVersion: string; readonly plural: string; readonly namespace?: string },
  selectors: { readonly labelSelector?: string },
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  try {
    return (await client.list(path, selectors, signal)).items;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof KubernetesApiError) return [];
    throw error;
  }
}

async function readCluster(
  spec: ClusterSpec,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Omit<ClusterFacts, 'root'> & { readonly rootText: string | undefined }> {
  const istio = { namespace: ISTIO_NAMESPACE };
  const sample = { namespace: NAMESPACE };
  const [
    namespace,
    pods,
    service,
    events,
    istioPods,
    gatewayAddresses,
    remoteSecrets,
    gateways,
    cacerts,
    roots,
    rootsOfIstio,
  ] = await Promise.all([
    client.find({ apiVersion: 'v1', plural: 'namespaces', name: NAMESPACE }, signal),
    listPods(client, NAMESPACE, signal),
    client.find({ apiVersion: 'v1', plural: 'services', ...sample, name: SERVICE }, signal),
    items(client, { apiVersion: 'v1', plural: 'events', ...sample }, {}, signal),
    listPods(client, ISTIO_NAMESPACE, signal),
    gatewayAddressesIn(client, signal),
    items(
      client,
      { apiVersion: 'v1', plural: 'secrets', ...istio },
      { labelSelector: 'istio/multiCluster=true' },
      signal,
    ),
    items(client, { apiVersion: 'networking.istio.io/v1alpha3', plural: 'gateways' }, {}, signal),
    client.find({ apiVersion: 'v1', plural: 'secrets', ...istio, name: 'cacerts' }, signal),
    client.find({ apiVersion: 'v1', plural: 'configmaps', ...sample, name: 'istio-ca-root-cert' }, signal),
    client.find({ apiVersion: 'v1', plural: 'configmaps', ...istio, name: 'istio-ca-root-cert' }, signal),
  ]);
  const servers = gateways.flatMap(gateway => list(at(gateway, 'spec', 'servers')));
  return {
    spec,
    pods,
    namespaceExists: namespace !== undefined,
    injection: namespace?.metadata.labels?.['istio-injection'],
    serviceExists: service !== undefined,
    warnings: warningsIn(events),
    readyIstiods: istioPods.filter(
      ({ app, status, readyContainers }) => app === 'istiod' && status === 'Running' && readyContainers > 0,
    ).length,
    gatewayAddresses,
    readyGateways: istioPods.filter(
      ({ app, readyContainers, containers }) => app === GATEWAY && readyContainers === containers,
    ).length,
    remoteSecrets: remoteSecrets.map(clusterNameIn),
    exposesServices: servers.some(server => at(server, 'tls', 'mode') === 'AUTO_PASSTHROUGH'),
    exposesIstiod: servers.some(server => at(server, 'port', 'number') === 15012),
    hasCacerts: cacerts !== undefined,
    // A step may have failed before there is a namespace for workloads.
    rootText: text(at(roots ?? rootsOfIstio, 'data', 'root-cert.pem')),
  };
}

/** Returns the name of the cluster that a remote secret gives access to. */
const clusterNameIn = ({ metadata }: KubernetesObject): string =>
  metadata.annotations?.['networking.istio.io/cluster'] ??
  (metadata.name ?? '').replace(/^istio-remote-secret-/, '');

/**
 * Reads what the steps of the guide left behind in every cluster.
 * @throws KubernetesApiError if an API server refuses to list the core kinds
 */
export async function gatherFacts({
  topology,
  clusters,
  signal,
}: Pick<CheckContext, 'topology' | 'clusters' | 'signal'>): Promise<Facts> {
  const read = await Promise.all(
    [...clusters.values()].map(({ spec, client }) => readCluster(spec, client, signal)),
  );
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
