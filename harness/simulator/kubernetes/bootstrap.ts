/** The objects that API server and kubeadm make before anyone else can: namespaces and two Services. */
import type { TypedClient } from './client/typed.ts';
import type { ServiceAddresses } from './registry/service-addresses.ts';

/** The tenth address of the service range, as kubeadm chooses it. */
const DNS_ADDRESS_NUMBER = 10;
/** The first one is the API server's. */
const API_ADDRESS_NUMBER = 1;
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Returns the cluster IP of the name server's Service. */
export const dnsAddressOf = (addresses: ServiceAddresses): string => addresses.fixed(DNS_ADDRESS_NUMBER);

/** Creates the namespaces that every cluster has, unless they are there. */
export function createNamespaces(client: TypedClient): void {
  for (const name of NAMESPACES) {
    if (client.get('namespaces', '', name)) continue;
    client.create('namespaces', { metadata: { name }, status: { phase: 'Active' } });
  }
}

/**
 * Creates the Service `kubernetes`, which leads to the API server, with its endpoints.
 * @param server - where the API server listens
 */
export function createApiService(
  client: TypedClient,
  addresses: ServiceAddresses,
  server: { readonly address: string; readonly port: number },
): void {
  const clusterIP = addresses.fixed(API_ADDRESS_NUMBER);
  const ports = [{ name: 'https', port: server.port, protocol: 'TCP' }];
  client.create('services', {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: server.port }],
    },
  });
  createApiEndpoints(client, server.address, ports);
}

/** Creates the Endpoints of the API server, and its own slice, which no controller manages. */
function createApiEndpoints(
  client: TypedClient,
  address: string,
  ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[],
): void {
  client.create('endpoints', {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip: address }], ports }],
  });
  client.create('endpointslices.discovery.k8s.io', {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  });
}

/** Creates the Service `kube-dns`, still without endpoints. */
export function createDnsService(client: TypedClient, addresses: ServiceAddresses): void {
  const clusterIP = dnsAddressOf(addresses);
  client.create('services', {
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: {
        'k8s-app': 'kube-dns',
        'kubernetes.io/cluster-service': 'true',
        'kubernetes.io/name': 'CoreDNS',
      },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      // Unlike kubeadm's, it has no selector: the name server is no pod that one sees, and it speaks UDP
      // only.
      ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 }],
    },
  });
}

/** Makes the Service `kube-dns` lead to the name server at this address. */
export function createDnsEndpoints(client: TypedClient, ip: string): void {
  client.create('endpoints', {
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] }],
  });
}
