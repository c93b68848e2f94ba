/**
 * Istio's own resources, cut to the fields that are honoured; `read-istio-config.ts`
 * notes the others.
 */

import type { HttpRouteConfig } from './http-route.ts';
import type { StreamRouteConfig } from './stream-route.ts';
import type { TrafficBlocks } from './traffic-policy.ts';
import type { Exported } from './visibility.ts';

/** One entry of a Gateway's `servers`. */
export interface GatewayServer {
  readonly port: number;
  readonly protocol: string;
  readonly hosts: readonly string[];
  /** The same hosts, and whose VirtualServices may bind to them. */
  readonly bindings: readonly GatewayBinding[];
  readonly tlsMode: string | undefined;
}

/** A host of a Gateway; without a namespace all may bind to it. */
export interface GatewayBinding {
  readonly namespace: string | undefined;
  readonly host: string;
}

/** A Gateway (networking.istio.io). */
export interface GatewayConfig {
  /** `istio-system/cross-network-gateway` */
  readonly key: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly servers: readonly GatewayServer[];
}

/** A VirtualService; its hosts are full names. */
export interface VirtualServiceConfig extends Exported {
  readonly key: string;
  readonly hosts: readonly string[];
  /** `mesh`, or keys of Gateways. */
  readonly gateways: readonly string[];
  /** Its routes as they are written, if others hold some of them. */
  readonly delegating?: string;
  /** Whether it has routes for HTTP, also if all are left out. */
  readonly hasHttp: boolean;
  readonly http: readonly HttpRouteConfig[];
  readonly tls: readonly StreamRouteConfig[];
  readonly tcp: readonly StreamRouteConfig[];
}

/** A DestinationRule; its host is a full name. */
export interface DestinationRuleConfig extends Exported {
  readonly key: string;
  readonly host: string;
  readonly policy: TrafficBlocks;
  /** By port; what a port does not say has its default, not what the rule says for all. */
  readonly portPolicies: Readonly<Record<number, TrafficBlocks>>;
  /** Of the callers, in the rule's own namespace; absent: all. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly subsets: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly policy: TrafficBlocks | undefined;
    readonly portPolicies: Readonly<Record<number, TrafficBlocks>>;
  }[];
}

/** How a workload takes connections. */
export type PeerMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

/** A PeerAuthentication; without a selector it holds for its namespace. */
export interface PeerAuthenticationConfig {
  readonly key: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly mode: PeerMode | undefined;
  /** By port of the workload; undefined inherits. */
  readonly ports: Readonly<Record<number, PeerMode | undefined>>;
}
