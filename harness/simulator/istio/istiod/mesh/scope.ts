/** What a proxy sees of the mesh, if that is not everything. */
import type { MeshService } from './mesh-service.ts';

/** The view of a proxy whose namespace or Sidecar matters. */
export interface ProxyScope {
  readonly namespace: string;
  /** In the order of their names: those with listeners and routes. */
  readonly services: readonly MeshService[];
  /** These, and those to which their VirtualServices lead. */
  readonly clusterServices: readonly MeshService[];
  readonly outboundMode: 'ALLOW_ANY' | 'REGISTRY_ONLY';
}
