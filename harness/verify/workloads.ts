/** The workloads that the guide verifies with: their names, and which answers a topology promises. */
import type { ClusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';

/** The guide's "Verify the Installation": namespace, Service and URL. */
export const NAMESPACE = 'sample';
export const SERVICE = 'helloworld';
export const SERVICE_PORT = 5000;
/** Where HelloWorld listens in its pod. */
export const APPLICATION_PORT = 5000;
export const SERVICE_URL = `http://${SERVICE}.${NAMESPACE}:${SERVICE_PORT}/hello`;
/** The Envoy cluster that calls of the Service go through; the same name in every release. */
export const SERVICE_CLUSTER = `outbound|${SERVICE_PORT}||${SERVICE}.${NAMESPACE}.svc.cluster.local`;
export const SIDECAR = 'istio-proxy';
export const ISTIO_NAMESPACE = 'istio-system';
export const GATEWAY = 'istio-eastwestgateway';
/** Port of a gateway where remotes reach istiod: it serves proxies there, and signs. */
export const ISTIOD_PORT = 15012;
/** Port of a gateway where the API server of a remote without an istiod of its own calls the webhook. */
export const WEBHOOK_PORT = 15017;

/** What one cluster contributes to the Service. */
export interface Contribution {
  readonly cluster: ClusterName;
  readonly versions: readonly string[];
  /** Its part of all answers, 0 < share ≤ 1: each version is one pod, and all endpoints weigh the same. */
  readonly share: number;
}

/** Lists the clusters that HelloWorld runs in, in the order of the topology. Their shares add up to 1. */
export function contributionsOf(topology: Topology): readonly Contribution[] {
  const endpoints = topology.clusters.reduce((sum, { helloWorld }) => sum + helloWorld.length, 0);
  return topology.clusters
    .filter(({ helloWorld }) => helloWorld.length > 0)
    .map(({ name, helloWorld }) => ({
      cluster: name,
      versions: helloWorld,
      share: helloWorld.length / endpoints,
    }));
}

/** Lists every version of the topology, sorted. */
export function versionsOf(topology: Topology): readonly string[] {
  return [...new Set(topology.clusters.flatMap(({ helloWorld }) => helloWorld))].sort();
}
