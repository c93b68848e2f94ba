/** One cluster as its API server describes it: nodes, installation, remote secrets, workloads. */

import type { ApiClient } from '../../base/api-client.ts';
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { isSimulatedRuntime, isSimulatedVersion } from '../../base/simulated-version.ts';
import { list } from '../../base/untyped.ts';
import { type ClusterObjects, itemsOr, type ObjectList, readObjects } from '../diagnose/cluster-objects.ts';
import { type Installed, readInstalled } from '../diagnose/installed.ts';
import { at, text } from '../diagnose/object-fields.ts';
import { isWatched, type RemoteSecret, remoteSecretsIn } from '../diagnose/remote-secrets.ts';
import { readPod } from '../pods.ts';
import { ISTIO_NAMESPACE, NAMESPACE, SERVICE } from '../workloads.ts';

/** The `app` labels of the clients that the guide has had. */
const CLIENTS = ['curl', 'sleep'] as const;

/** A cluster as it was found. */
export interface FoundCluster {
  /** The name that the user gives it, or the name of its context. */
  readonly given: string;
  /** Of the namespace kube-system: what tells one cluster from another. */
  readonly uid: string;
  /** True if its API server or its nodes say that they are simulated. */
  readonly isSimulated: boolean;
  readonly nodes: number;
  /** Of the first node that has one; empty if none has. */
  readonly podRange: string;
  readonly installed: Installed;
  readonly hasIstiod: boolean;
  /** Where its istiod, and the gateways before it, may be reached. */
  readonly addresses: readonly string[];
  /** Those that its istiod reads. */
  readonly remoteSecrets: readonly RemoteSecret[];
  /** PEM of the authority that signs its API server's certificate, as its pods get it. */
  readonly authority: string | undefined;
  /** True if it has the guide's namespace. */
  readonly hasNamespace: boolean;
  /** The versions of HelloWorld that have pods here, sorted. */
  readonly versions: readonly string[];
  /** Those of the clients that have pods here. */
  readonly clients: readonly string[];
  /** What it refused to tell: `it refuses to list secrets`. */
  readonly refusals: readonly string[];
}

/** Without these nothing can be said of a cluster. */
const NEEDED: readonly ObjectList[] = ['namespaces', 'samplePods', 'istioPods', 'istioServices'];
/** Without these less can be said. */
const WANTED: Readonly<Partial<Record<ObjectList, string>>> = {
  istioSecrets: `secrets in ${ISTIO_NAMESPACE}`,
  istioConfigMaps: `config maps in ${ISTIO_NAMESPACE}`,
};

/**
 * Reads a cluster. It only lists.
 * @throws KubernetesApiError if the API server refuses to list the core kinds; a Node error if it cannot be
 *   reached
 */
export async function readFound(
  given: string,
  client: ApiClient,
  signal: AbortSignal,
): Promise<FoundCluster> {
  const [objects, nodes, version] = await Promise.all([
    readObjects(client, signal),
    client.list({ apiVersion: 'v1', plural: 'nodes' }, {}, signal).then(({ items }) => items),
    client.request('GET', '/version', { signal }),
  ]);
  for (const needed of NEEDED) {
    const listed = objects[needed];
    if ('error' in listed) throw listed.error;
  }
  return foundIn(given, objects, nodes, text(at(version, 'gitVersion')) ?? '');
}

/** Puts together what a cluster's objects say. Pure. */
function foundIn(
  given: string,
  objects: ClusterObjects,
  nodes: readonly KubernetesObject[],
  version: string,
): FoundCluster {
  const pods = itemsOr(objects.samplePods)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(readPod);
  const istiods = itemsOr(objects.istioPods).filter(({ metadata }) => metadata.labels?.['app'] === 'istiod');
  const authorities = itemsOr(objects.istioConfigMaps).find(
    ({ metadata }) => metadata.name === 'kube-root-ca.crt',
  );
  const system = itemsOr(objects.namespaces).find(({ metadata }) => metadata.name === 'kube-system');
  const versions = pods.filter(({ app }) => app === SERVICE).map(pod => pod.version ?? '');
  return {
    given,
    uid: system?.metadata.uid ?? '',
    isSimulated: isSimulatedVersion(version) || nodes.some(isSimulated),
    nodes: nodes.length,
    podRange: nodes.map(node => text(at(node, 'spec', 'podCIDR'))).find(range => range !== undefined) ?? '',
    installed: readInstalled(objects),
    hasIstiod: istiods.length > 0,
    addresses: addressesIn(objects, istiods),
    remoteSecrets: 'items' in objects.istioSecrets ? remoteSecretsIn(objects).filter(isWatched) : [],
    authority: text(at(authorities, 'data', 'ca.crt'))?.trim(),
    hasNamespace: itemsOr(objects.namespaces).some(({ metadata }) => metadata.name === NAMESPACE),
    versions: [...new Set(versions)].filter(name => name !== '').sort(),
    clients: CLIENTS.filter(client => pods.some(({ app }) => app === client)),
    refusals: Object.entries(WANTED)
      .filter(([name]) => 'error' in objects[name as ObjectList]) // a key of the table
      .map(([, what]) => `it refuses to list ${what}`),
  };
}

const isSimulated = (node: KubernetesObject): boolean =>
  isSimulatedRuntime(text(at(node, 'status', 'nodeInfo', 'containerRuntimeVersion')) ?? '');

/** Lists addresses of a cluster's own Services in istio-system and of istiod's pods. */
function addressesIn(objects: ClusterObjects, istiods: readonly KubernetesObject[]): readonly string[] {
  const own = itemsOr(objects.istioServices).filter(service => at(service, 'spec', 'selector'));
  const ofServices = own.flatMap(service => [
    at(service, 'spec', 'clusterIP'),
    ...list(at(service, 'spec', 'externalIPs')),
    ...list(at(service, 'status', 'loadBalancer', 'ingress')).flatMap(ingress => [
      at(ingress, 'ip'),
      at(ingress, 'hostname'),
    ]),
  ]);
  const ofPods = istiods.map(pod => at(pod, 'status', 'podIP'));
  return [...ofServices, ...ofPods].map(text).filter(address => address !== undefined);
}

/** Says where the guide's workloads live, for a sentence. */
export const describeWorkloads = ({ versions, clients }: FoundCluster): string =>
  [
    versions.length === 0 ? `no HelloWorld in ${NAMESPACE}` : `HelloWorld ${versions.join(' and ')}`,
    clients.length === 0 ? 'no client' : `${clients.join(' and ')} as client`,
  ].join(', ');
