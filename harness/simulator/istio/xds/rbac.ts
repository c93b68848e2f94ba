/**
 * Who may do what, as istiod says it and a proxy decides it: envoy.config.rbac.v3, cut to what Istio asks.
 */
import type { HeaderMatch, TextMatch } from './routes.ts';

/**
 * Decides on requests or connections. ALLOW lets those go on that a policy matches; DENY lets all others go
 * on.
 */
export interface Rbac {
  readonly action: 'ALLOW' | 'DENY';
  /** By their names. */
  readonly policies: readonly (readonly [name: string, policy: RbacPolicy])[];
}

/** Matches if one of the permissions and one of the principals hold. */
export interface RbacPolicy {
  readonly permissions: readonly RbacCondition[];
  readonly principals: readonly RbacCondition[];
}

/** What is asked of a request or a connection; those about requests never hold for a connection. */
export type RbacCondition =
  | { readonly kind: 'any' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly RbacCondition[] }
  | { readonly kind: 'not'; readonly of: RbacCondition }
  | { readonly kind: 'header'; readonly header: HeaderMatch }
  /** The path without its query. */
  | { readonly kind: 'path'; readonly text: TextMatch }
  /** `*` stands for one part of the path, `**` for the rest of it. */
  | { readonly kind: 'path-template'; readonly template: string }
  | { readonly kind: 'port'; readonly port: number }
  /** The SPIFFE identity that the client has proved; without one it does not hold. */
  | { readonly kind: 'identity'; readonly text: TextMatch }
  /** What the client calls the server in TLS; empty without it. */
  | { readonly kind: 'server-name'; readonly text: TextMatch }
  /**
   * `10.0.0.0/8`: the address of the client of the connection, that of the client behind proxies, or that to
   * which the connection goes.
   */
  | { readonly kind: 'source' | 'remote' | 'destination'; readonly range: string };
