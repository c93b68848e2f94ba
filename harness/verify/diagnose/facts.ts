/**
 * The facts of a diagnosis: the objects that the guide's steps leave behind in each cluster. They are read
 * when a check has failed.
 */
import type { ClusterName, NetworkName } from '../../model/names.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import type { Evidence } from '../check.ts';
import { describePod, type PodFact } from '../pods.ts';
import type { Symptom } from '../traffic.ts';
import { ISTIOD_PORT } from '../workloads.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { IstiodComplaints } from './istiod-log.ts';
import type { ServiceFact } from './sample-settings.ts';

/** The facts of one cluster. */
export interface ClusterFacts {
  readonly spec: ClusterSpec;
  /** What the facts were read from. */
  readonly objects: ClusterObjects;
  /** Pods in the guide's namespace. */
  readonly pods: readonly PodFact[];
  readonly namespaceExists: boolean;
  /** Values of the label that asks for injection: `enabled`. */
  readonly injection: string | undefined;
  /** The revision of Istio that the namespace asks for sidecars, if it names one. */
  readonly revision?: string | undefined;
  readonly serviceExists: boolean;
  readonly service: ServiceFact | undefined;
  /** True if a rule has clients call HelloWorld in plain text. */
  readonly asksForPlainText: boolean;
  readonly trustDomain: string | undefined;
  readonly complaints: IstiodComplaints;
  /** Distinct messages of warnings in the guide's namespace, oldest first, five at most. */
  readonly warnings: readonly string[];
  /** The uid of its namespace `istio-system`, which no two clusters share. */
  readonly uid: string | undefined;
  /** The network that its namespace `istio-system` shows, if it does. */
  readonly networkLabel: string | undefined;
  /** True if a webhook of Istio injects sidecars. */
  readonly hasInjector: boolean;
  /** The name by which its istiod knows this cluster. */
  readonly clusterId: string | undefined;
  /** Pods of istiod, ready or not; a remote of 1.8 has one for its webhooks. */
  readonly istiods: number;
  /** Control plane: the pods of istiod that are ready. */
  readonly readyIstiods: number;
  /** Addresses of the east-west gateway: undefined if there is no such Service, empty while it has none. */
  readonly gatewayAddresses: readonly string[] | undefined;
  /** The network that the gateway's Service shows. */
  readonly gatewayNetwork: string | undefined;
  /** Pods of the east-west gateway, ready or not. */
  readonly gateways: number;
  /** Ready pods of the east-west gateway. */
  readonly readyGateways: number;
  /** Names of the clusters that this one's istiod holds remote secrets for. */
  readonly remoteSecrets: readonly string[];
  /** True if a Gateway resource passes connections through to services by SNI. */
  readonly exposesServices: boolean;
  /** Ports that Gateway resources open on its east-west gateway. */
  readonly openPorts: readonly number[];
  readonly hasCacerts: boolean;
  /** The annotation of `istio-system` that names the clusters whose istiod may lead here. */
  readonly controlPlaneClusters: string | undefined;
  /**
   * Which of the distinct mesh roots of the run this cluster's workloads trust: 1, 2, …; undefined if it has
   * published none.
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
  /** `healthy`, or what keeps it from being picked. */
  readonly health: string;
}

/** What the clusters of a run hold. */
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
   * Clusters with HelloWorld that did not answer, or whose network did not answer, or whose network is known
   * in part only.
   */
  readonly missing: readonly ClusterName[];
}

/** Tells whether a cluster's gateway has pods, of which none is ready. */
export const isGatewayDown = ({ gateways, readyGateways }: ClusterFacts): boolean =>
  gateways > 0 && readyGateways === 0;

/**
 * Returns the addresses of all gateways of a network, those of any of its clusters.
 * @returns undefined if it has no gateway, empty while none has an address
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

/** Returns facts as evidence: what a reader of the report wants to see first. */
export function describeCluster(facts: ClusterFacts): Evidence {
  const { pods, warnings, remoteSecrets, gatewayAddresses } = facts;
  return {
    cluster: facts.spec.name,
    pods: pods.map(describePod),
    warnings: [...warnings],
    injection: facts.injection ?? null,
    service: facts.serviceExists,
    clusterId: facts.clusterId ?? null,
    networkLabel: facts.networkLabel ?? null,
    injector: facts.hasInjector,
    readyIstiods: facts.readyIstiods,
    gatewayAddresses: gatewayAddresses ? [...gatewayAddresses] : null,
    readyGateways: facts.readyGateways,
    remoteSecretsFor: [...remoteSecrets],
    exposesServices: facts.exposesServices,
    exposesIstiod: facts.openPorts.includes(ISTIOD_PORT),
    gatewayNetwork: facts.gatewayNetwork ?? null,
    trustDomain: facts.trustDomain ?? null,
    cacerts: facts.hasCacerts,
    controlPlaneClusters: facts.controlPlaneClusters ?? null,
    root: facts.root ?? null,
  };
}
