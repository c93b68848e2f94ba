/** A service of the mesh, merged from the Services of one name in any number of clusters. */
import { revised } from '../../revision.ts';
import { isClusterLocal, type LocalityOfHost } from '../model/cluster-local.ts';
import type { ServicePort } from '../model/mesh-model.ts';
import type { Resolution } from '../model/service-entry.ts';
import type { ExportTo } from '../model/visibility.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';

/** A service of the mesh: the Services of one name in any number of clusters. */
export interface MeshService {
  readonly hostname: string;
  readonly name: string;
  readonly namespace: string;
  /** Of the local cluster's Service, or else of the first registry that has it. */
  readonly ports: readonly ServicePort[];
  readonly isHeadless: boolean;
  readonly isExternalName: boolean;
  /** Its endpoints serve proxies of their own cluster only. */
  readonly isClusterLocal: boolean;
  readonly clusterIps: ReadonlyMap<string, string>;
  /** What a proxy gets whose cluster lacks the Service. */
  readonly defaultClusterIp: string;
  readonly exportTo: ExportTo;
  /** Of a ServiceEntry. */
  readonly external?: ExternalTraits;
}

/** What a service has that a ServiceEntry defines. */
interface ExternalTraits {
  readonly resolution: Resolution;
  readonly isOutsideMesh: boolean;
  /** All of them; `defaultClusterIp` is the first. */
  readonly addresses: readonly string[];
  /** Ranges of addresses: `203.0.113.0/24`. */
  readonly ranges: readonly string[];
  readonly subjectAltNames: readonly string[];
  /** For proxies whose agents answer for names, if there is no other. */
  readonly allocatedAddress?: string;
}

/** What decides between the Services of one name. */
export interface MergingOptions {
  readonly localClusterId: string;
  /** `cluster.local` */
  readonly domain: string;
  /** Of the istiod. */
  readonly revision: string;
  readonly clusterLocal: readonly LocalityOfHost[];
}

/**
 * Merges the Services of one hostname (pilot/pkg/serviceregistry/aggregate/controller.go).
 * @returns undefined if no registry has it
 */
export function mergeService(
  registries: readonly ClusterRegistry[],
  hostname: string,
  { localClusterId, domain, revision, clusterLocal }: MergingOptions,
): MeshService | undefined {
  const found = registries.flatMap(registry => {
    const service = registry.service(hostname);
    return service ? [{ clusterId: registry.clusterId, service }] : [];
  });
  const base = found.find(({ clusterId }) => clusterId === localClusterId) ?? found[0];
  if (!base) return undefined;
  const { name, namespace, ports, isHeadless, externalName, exportTo } = base.service;
  return {
    hostname,
    name,
    namespace,
    ports,
    isHeadless,
    isExternalName: externalName !== undefined,
    isClusterLocal: isClusterLocal(hostname, clusterLocal, {
      domain,
      discovery: `${revised('istiod', revision)}.istio-system.svc`,
    }),
    clusterIps: new Map(found.map(({ clusterId, service }) => [clusterId, service.clusterIp])),
    defaultClusterIp: base.service.clusterIp,
    exportTo,
  };
}
