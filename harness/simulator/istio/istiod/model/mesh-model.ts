/** The words of istiod's model: services and endpoints as they come out of any cluster's registry. */

export type Protocol = 'http' | 'http2' | 'grpc' | 'https' | 'tls' | 'tcp' | 'udp';

/** A port of a Service with its protocol. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort: number | string;
  readonly protocol: Protocol;
}

/** A Service as one cluster has it. */
export interface RegistryService {
  /** `helloworld.sample.svc.cluster.local` */
  readonly hostname: string;
  readonly name: string;
  readonly namespace: string;
  /** Empty for a headless service. */
  readonly clusterIp: string;
  readonly isHeadless: boolean;
  readonly externalName: string | undefined;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  /** Load-balancer addresses and external IPs. */
  readonly externalAddresses: readonly string[];
}

/** One port of one ready pod (or of a hand-written endpoint). pilot/pkg/model/service.go, IstioEndpoint */
export interface IstioEndpoint {
  readonly address: string;
  readonly port: number;
  readonly servicePortName: string;
  readonly clusterId: string;
  /** Empty if nothing tells it. */
  readonly network: string;
  /** `spiffe://cluster.local/ns/sample/sa/default`; empty if there is no pod behind it. */
  readonly identity: string;
  readonly tlsMode: 'istio' | 'disabled';
  readonly labels: Readonly<Record<string, string>>;
}

/** A way into a network. */
export interface NetworkGateway {
  readonly network: string;
  readonly clusterId: string;
  /** An address; in 1.8 perhaps a host name that is of no use. */
  readonly address: string;
  readonly port: number;
}

/** On pods, gateways' Services and istio-system: which network it is on, or leads into. */
export const NETWORK_LABEL = 'topology.istio.io/network';

/** Says whether proxies route a protocol request by request. */
export const isHttp = (protocol: Protocol): boolean =>
  protocol === 'http' || protocol === 'http2' || protocol === 'grpc';

const BY_NAME: Readonly<Record<string, Protocol>> = {
  http: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'grpc',
  https: 'https',
  tls: 'tls',
  tcp: 'tcp',
  udp: 'udp',
};

/**
 * The protocol of a service port: by `appProtocol`, else by its name up to the first dash
 * (pkg/config/kube/conversion.go).
 * Unlike Istio, which sniffs the protocol of a port that tells none, such a port is TCP.
 */
export function protocolOf(
  name: string,
  transport: string | undefined,
  appProtocol: string | undefined,
): Protocol {
  if (transport === 'UDP') return 'udp';
  const word = (appProtocol ?? name).toLowerCase();
  return (
    BY_NAME[word] ?? BY_NAME[word.startsWith('grpc-web') ? 'grpc-web' : (word.split('-')[0] ?? '')] ?? 'tcp'
  );
}
