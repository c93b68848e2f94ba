/**
 * What a diagnosis goes by: the objects of each cluster that the guide's steps leave behind, read when a
 * check has failed.
 */
import { messageOf } from '../../base/errors.ts';
import {
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
} from '../../base/kubernetes-client.ts';
import type { ClusterName, NetworkName } from '../../model/names.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import type { CheckContext, Evidence } from '../check.ts';
import { describePod, listPods, type PodFact } from '../pods.ts';
import { askProxy, readEndpoints } from '../proxy-endpoints.ts';
import type { Symptom } from '../traffic.ts';
import { GATEWAY, ISTIO_NAMESPACE, NAMESPACE, SERVICE, SERVICE_CLUSTER } from '../workloads.ts';

/** What one cluster holds. Undefined: the question was not answered. */
export interface ClusterFacts {
  readonly spec: ClusterSpec;
  /** Pods in the guide's namespace. */
  readonly pods: readonly PodFact[];
  readonly namespaceExists: boolean;
  /** Values of the label that asks for injection: `enabled`. */
  readonly injection: string | undefined;
  readonly serviceExists: boolean;
  /** Distinct messages of warnings in the guide's namespace, oldest first, five at most. */
  readonly warnings: readonly string[];
  /** Control plane: the pods of istiod that are ready. */
  readonly readyIstiods: number;
  /** Addresses of the east-west gateway: undefined if there is no such Service, empty while it has none. */
  readonly gatewayAddresses: readonly string[] | undefined;
  /** Ready pods of the east-west gateway. */
  readonly readyGateways: number;
  /** Names of the clusters that this one's istiod holds remote secrets for. */
  readonly remoteSecrets: readonly string[];
  /** Names of the Gateway resources, and whether one passes services through by SNI. */
  readonly exposesServices: boolean;
  readonly exposesIstiod: boolean;
  readonly hasCacerts: boolean;
  /**
   * Which of the distinct mesh roots of the run this cluster's workloads trust: 1, 2, …; undefined if none is
   * published.
   */
  readonly root: number | undefined;
}

/** An endpoint that the client's proxy has, and whose it is. */
export interface KnownEndpoint {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  /** `pod of cluster2`, `gateway of cluster2`, or null for an address that belongs to neither. */
  readonly owner: { readonly kind: 'pod' | 'gateway'; readonly cluster: ClusterName } | null;
  readonly failedConnections: number;
  readonly requests: number;
  readonly failedRequests: number;
}

export interface Facts {
  readonly topology: Topology;
  readonly clusters: ReadonlyMap<ClusterName, ClusterFacts>;
  /** Number of distinct mesh roots. */
  readonly roots: number;
}

/** Facts seen from one cluster's client. */
export interface CallFacts extends Facts {
  readonly from: ClusterFacts;
  readonly clientPod: PodFact | undefined;
  /** In the client's proxy: those of the own cluster, and those that may be of the missing ones. */
  readonly endpoints: readonly KnownEndpoint[] | undefined;
  readonly symptom: Symptom;
  /**
   * Clusters with HelloWorld that did not answer, or of a network that did not, or that is known in part
   * only.
   */
  readonly missing: readonly ClusterName[];
}

/**
 * The addresses of all gateways of a network, those of any of its clusters: undefined if it has no gateway,
 * empty while none has an address.
 */
export function gatewaysOf(
  network: NetworkName,
  { clusters }: Pick<Facts, 'clusters'>,
): readonly string[] | undefined {
  const known = [...clusters.values()]
    .filter(({ spec }) => spec.network === network)
    .map(({ gatewayAddresses }) => gatewayAddresses)
    .filter(addresses => addresses !== undefined);
  return known.length === 0 ? undefined : known.flat();
}

/** Answers of the API server are facts too: a kind that is not there has no objects. */
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

/** A field of an object from outside, by its path. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * The addresses of a cluster's east-west gateway; undefined if it has none, empty while it waits for one.
 * @throws KubernetesApiError
 */
export async function gatewayAddressesIn(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const path = { apiVersion: 'v1', plural: 'services', namespace: ISTIO_NAMESPACE, name: GATEWAY };
  const service = await client.find(path, signal);
  if (!service) return undefined;
  return list(at(service, 'status', 'loadBalancer', 'ingress'))
    .map(ingress => text(at(ingress, 'ip')) ?? text(at(ingress, 'hostname')))
    .filter(address => address !== undefined);
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
  ]);
  const servers = gateways.flatMap(gateway => list(at(gateway, 'spec', 'servers')));
  const warnings = events
    .filter(event => event['type'] === 'Warning' && !isOvercome(event, events))
    .map(event => `${text(event['reason']) ?? ''}: ${text(event['message']) ?? ''}`);
  return {
    spec,
    pods,
    namespaceExists: namespace !== undefined,
    injection: namespace?.metadata.labels?.['istio-injection'],
    serviceExists: service !== undefined,
    warnings: [...new Set(warnings)].slice(0, 5),
    readyIstiods: istioPods.filter(
      ({ app, status, readyContainers }) => app === 'istiod' && status === 'Running' && readyContainers > 0,
    ).length,
    gatewayAddresses,
    readyGateways: istioPods.filter(
      ({ app, readyContainers, containers }) => app === GATEWAY && readyContainers === containers,
    ).length,
    remoteSecrets: remoteSecrets.map(
      secret =>
        secret.metadata.annotations?.['networking.istio.io/cluster'] ??
        (secret.metadata.name ?? '').replace(/^istio-remote-secret-/, ''),
    ),
    exposesServices: servers.some(server => at(server, 'tls', 'mode') === 'AUTO_PASSTHROUGH'),
    exposesIstiod: servers.some(server => at(server, 'port', 'number') === 15012),
    hasCacerts: cacerts !== undefined,
    rootText: text(at(roots, 'data', 'root-cert.pem')),
  };
}

/**
 * Whether what failed has been done since: a controller that was refused a pod tries again until it gets it.
 */
function isOvercome(event: KubernetesObject, events: readonly KubernetesObject[]): boolean {
  if (event['reason'] !== 'FailedCreate') return false;
  const about = (each: KubernetesObject) =>
    `${text(at(each, 'involvedObject', 'kind')) ?? ''}/${text(at(each, 'involvedObject', 'name')) ?? ''}`;
  const time = (each: KubernetesObject) => text(each['lastTimestamp']) ?? '';
  return events.some(
    other =>
      other['reason'] === 'SuccessfulCreate' &&
      about(other) === about(event) &&
      Date.parse(time(other)) >= Date.parse(time(event)),
  );
}

/**
 * Reads what the steps of the guide left behind in every cluster.
 * @throws KubernetesApiError if an API server refuses to tell of the core kinds
 */
export async function gatherFacts({ topology, clusters, signal }: CheckContext): Promise<Facts> {
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

/** What tells whose an address is. */
export type Owners = ReadonlyMap<ClusterName, Pick<ClusterFacts, 'spec' | 'pods' | 'gatewayAddresses'>>;

/**
 * The endpoints of HelloWorld in a client's proxy, and whose they are; undefined if the proxy cannot be
 * asked.
 */
export async function gatherEndpoints(
  context: CheckContext,
  facts: { readonly clusters: Owners },
  from: ClusterName,
  clientPod: PodFact | undefined,
): Promise<readonly KnownEndpoint[] | undefined> {
  const client = context.clusters.get(from)?.client;
  if (!client || !clientPod?.hasSidecar || clientPod.status !== 'Running') return undefined;
  const at = { namespace: NAMESPACE, pod: clientPod.name };
  const clusters = await askProxy(client, at, 'clusters', context);
  if (clusters === undefined) return undefined;
  return readEndpoints(clusters, SERVICE_CLUSTER).map(({ connections: _, ...endpoint }) => ({
    ...endpoint,
    owner: ownerOf(endpoint.address, facts.clusters, from),
  }));
}

/** The own cluster comes first: where pod ranges overlap, an address means the local pod. */
function ownerOf(address: string, clusters: Owners, from: ClusterName): KnownEndpoint['owner'] {
  const order = [...clusters.values()].sort(
    (a, b) => Number(b.spec.name === from) - Number(a.spec.name === from),
  );
  for (const { spec, pods } of order) {
    if (pods.some(pod => pod.address === address)) return { kind: 'pod', cluster: spec.name };
  }
  for (const { spec, gatewayAddresses } of order) {
    if (gatewayAddresses?.includes(address)) return { kind: 'gateway', cluster: spec.name };
  }
  return null;
}

/** Facts as evidence: what a reader of the report wants to see first. */
export function describeCluster(facts: ClusterFacts): Evidence {
  const { pods, warnings, remoteSecrets, gatewayAddresses } = facts;
  return {
    cluster: facts.spec.name,
    pods: pods.map(describePod),
    warnings: [...warnings],
    injection: facts.injection ?? null,
    service: facts.serviceExists,
    readyIstiods: facts.readyIstiods,
    gatewayAddresses: gatewayAddresses ? [...gatewayAddresses] : null,
    readyGateways: facts.readyGateways,
    remoteSecretsFor: [...remoteSecrets],
    exposesServices: facts.exposesServices,
    exposesIstiod: facts.exposesIstiod,
    cacerts: facts.hasCacerts,
    root: facts.root ?? null,
  };
}

/** An endpoint as evidence: `10.30.0.5:5000, pod of cluster2`. */
export function describeEndpoint(endpoint: KnownEndpoint): string {
  const { address, port, weight, owner, failedConnections, failedRequests } = endpoint;
  const whose = owner ? `${owner.kind} of ${owner.cluster}` : 'of no known pod or gateway';
  const details = [
    weight === 1 ? '' : `weight ${weight}`,
    failedConnections > 0 ? `${failedConnections} failed connections` : '',
    failedRequests > 0 ? `${failedRequests} failed requests` : '',
  ].filter(part => part !== '');
  return [`${address}:${port}, ${whose}`, ...details].join(', ');
}

/** Gathers, or says why it could not: a diagnosis is a service, never the reason for a verdict. */
export async function tryGather<T>(
  gather: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | { readonly reason: string }> {
  try {
    return await gather();
  } catch (error) {
    signal.throwIfAborted();
    return { reason: messageOf(error) };
  }
}
