/** The handlers of one API server share these parts. */
import type { Clock } from '../../../base/clock.ts';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import type { RbacAuthorizer } from '../auth/rbac.ts';
import type { ServiceAccountTokens } from '../auth/service-account-tokens.ts';
import type { KubeletApi } from '../kubelet-api.ts';
import type { ObjectService } from '../registry/object-service.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import type { ResourceType } from '../registry/resources.ts';
import type { Store } from '../registry/store.ts';

/** The parts of one API server that its handlers use. */
export interface Environment {
  readonly clock: Clock;
  /** What `/version` says: `v1.32.4+mesh-harness`. */
  readonly version: string;
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly objects: ObjectService;
  readonly tokens: ServiceAccountTokens;
  readonly authorizer: RbacAuthorizer;
  readonly kubelets: KubeletApi;
  /** Where the API server dials from: webhooks, `proxy` subresources. */
  readonly network: NetworkNamespace;
  /** `10.0.0.2:6443`, as discovery tells it. */
  readonly address: string;
  /** The cluster's CA, for discovery of the issuer and the like. */
  readonly caPem: string;
  /** Aborts at the end of the server: watches and sessions close. */
  readonly signal: AbortSignal;
  /** Called with each type that is asked for, before its objects are looked at. */
  beforeUse(type: ResourceType): void;
}
