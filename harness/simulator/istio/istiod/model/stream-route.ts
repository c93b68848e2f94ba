/** One entry of a VirtualService's `tls` or `tcp`, as istiod keeps it (networking.istio.io, TCPRoute). */
import type { Destination } from './destination.ts';

/** Where connections go that one of the conditions holds for. */
export interface StreamRouteConfig {
  /** Of TCP, without any all connections match. */
  readonly matches: readonly StreamMatch[];
  /** One at least. */
  readonly destinations: readonly StreamDestination[];
}

/** One of a route's destinations, and its part of the connections. */
export interface StreamDestination {
  readonly destination: Destination;
  readonly weight: number;
}

/** All that is given must match. */
export interface StreamMatch {
  /** Of the service, or of the gateway. */
  readonly port: number | undefined;
  /** Of TLS: what the client calls the server. */
  readonly sniHosts: readonly string[];
  /** `10.0.0.0/8`, `10.0.0.1`: where the connection goes to; looked at by sidecars only. */
  readonly destinationSubnets: readonly string[];
  readonly gateways: readonly string[] | undefined;
  /** Of the caller, if it is a sidecar. */
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace: string | undefined;
}
