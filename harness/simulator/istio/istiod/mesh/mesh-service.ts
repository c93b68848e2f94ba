/** A service of the mesh, merged from the Services of one name in any number of clusters. */
import type { ServicePort } from '../model/mesh-model.ts';

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
}
