/** A pod that is to be created, with what istiod knows about its mesh. */
import type { IstioBehaviour } from '../../behaviour.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import type { InjectorConfig } from './injector-config.ts';

/** What a review is made of. */
export interface InjectionRequest {
  readonly behaviour: IstioBehaviour;
  readonly config: InjectorConfig;
  /** Of the istiod that is asked: `default`, `canary`. */
  readonly revision: string;
  readonly mesh: MeshConfig;
  /** `/inject`, or `/inject/cluster/cluster2/net/network2`. */
  readonly path: string;
  readonly review: unknown;
  /** Tells whether the nodes of a cluster can keep init containers running (Kubernetes 1.33 and later). */
  readonly hasNativeSidecars: (clusterId: string) => boolean;
}
