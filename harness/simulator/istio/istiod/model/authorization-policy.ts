/** An AuthorizationPolicy (security.istio.io) as istiod keeps it. */

/** Without a selector it holds for its namespace, in istiod's own namespace for the mesh. */
export interface AuthorizationPolicyConfig {
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly action: 'ALLOW' | 'DENY';
  /** One that matches is enough; without any nothing matches. */
  readonly rules: readonly AuthorizationRule[];
}

/** Each of the three lists must hold: of sources and operations one, of conditions all. */
export interface AuthorizationRule {
  /** Empty: any. */
  readonly sources: readonly Attributes[];
  readonly operations: readonly Attributes[];
  readonly conditions: Attributes;
}

/** All have to hold. */
export type Attributes = readonly Attribute[];

/** A property of a request: one of the values, and none of the others. */
export interface Attribute {
  readonly key: AttributeKey;
  /** Of `header`. */
  readonly name?: string;
  readonly values: readonly string[];
  readonly notValues: readonly string[];
  /** Whether it was written under `when`, `from` or `to`; the name for messages. */
  readonly field: string;
}

/** What is looked at. */
export type AttributeKey =
  | 'principal'
  | 'namespace'
  | 'service-account'
  | 'trust-domain'
  | 'source-ip'
  /** Of the client behind proxies. */
  | 'remote-ip'
  | 'server-name'
  | 'host'
  | 'method'
  | 'path'
  | 'port'
  | 'header'
  | 'destination-ip'
  /** What no part of the simulated mesh knows: tokens. */
  | 'unknown';
