/**
 * How to reach a host, block by block as a DestinationRule says it; an undefined block is left to a wider
 * policy.
 */
import type { HashPolicy } from '../../xds/routes.ts';

/** `localityLbSetting`, of a rule or of the mesh. */
export interface LocalitySetting {
  readonly isEnabled: boolean;
  readonly distribute: readonly {
    readonly from: string;
    /** Locality → percent. */
    readonly to: readonly (readonly [locality: string, weight: number])[];
  }[];
  /** Undefined: nothing is said of it. */
  readonly failover: readonly { readonly from: string; readonly to: string }[] | undefined;
  /** Labels, each perhaps with a value that stands for the caller's: `a=b`. */
  readonly failoverPriority: readonly string[];
}

/** `loadBalancer`. */
export interface LoadBalancerSetting {
  readonly simple: string | undefined;
  readonly hash:
    | {
        /** What of a request; undefined: nothing that is simulated. */
        readonly policy: HashPolicy | undefined;
        readonly isMaglev: boolean;
        /** 0: none is said. */
        readonly size: number;
      }
    | undefined;
  readonly locality: LocalitySetting | undefined;
}

/** `connectionPool`; 0: none is said. */
export interface ConnectionPool {
  readonly connectTimeoutMs: number | undefined;
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxRequests: number;
  readonly maxRetries: number;
  readonly maxRequestsPerConnection: number;
  readonly idleTimeoutMs: number | undefined;
}

/** `outlierDetection`; undefined: Envoy's own. */
export interface OutlierSetting {
  readonly consecutive5xx: number | undefined;
  readonly consecutiveGateway: number | undefined;
  readonly splitsLocalErrors: boolean;
  readonly consecutiveLocal: number | undefined;
  readonly intervalMs: number | undefined;
  readonly baseEjectionMs: number | undefined;
  /** 0: none is said. */
  readonly maxEjectionPercent: number;
  readonly minHealthPercent: number;
}

/** `tls`, beside its mode; texts that are not given are empty. */
export interface TlsSetting {
  readonly sni: string;
  readonly subjectAltNames: readonly string[];
  /** Paths in the proxy's container. */
  readonly caCertificates: string;
  readonly clientCertificate: string;
  readonly privateKey: string;
  /** Of a Secret. */
  readonly credentialName: string;
  readonly insecureSkipVerify: boolean;
}

/** `trafficPolicy`, without its settings for ports. */
export interface TrafficBlocks {
  readonly tlsMode: string | undefined;
  readonly tls: TlsSetting | undefined;
  readonly loadBalancer: LoadBalancerSetting | undefined;
  readonly pool: ConnectionPool | undefined;
  readonly outlier: OutlierSetting | undefined;
}
