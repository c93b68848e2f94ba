/** The objects that API server and kubeadm make before anyone else can: namespaces and two Services. */
import type { TypedClient } from './client/typed.ts';
import type { KeptObject } from './controllers/kept-objects.ts';
import type { ServiceAddresses } from './registry/service-addresses.ts';

/** The tenth address of the service range, as kubeadm chooses it. */
const DNS_ADDRESS_NUMBER = 10;
/** The first one is the API server's. */
const API_ADDRESS_NUMBER = 1;
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Returns the cluster IP of the name server's Service. */
export const dnsAddressOf = (addresses: ServiceAddresses): string => addresses.fixed(DNS_ADDRESS_NUMBER);

/** Looks after the Service `kubernetes` (pkg/controlplane/instance.go @v1.34: EndpointReconciler). */
const SERVICE_INTERVAL_MS = 10_000;
/** Looks after the namespaces (pkg/controlplane/instance.go: systemnamespaces.NewController). */
const NAMESPACE_INTERVAL_MS = 60_000;

/** Makes the namespaces that every cluster has. */
export const systemNamespaces = (): readonly KeptObject[] =>
  NAMESPACES.map(name => ({
    resource: 'namespaces',
    object: { metadata: { name }, status: { phase: 'Active' } },
    repaired: [],
    everyMs: NAMESPACE_INTERVAL_MS,
  }));

/**
 * Makes the Service `kubernetes`, which leads to the API server, its Endpoints, and its own slice, which no
 * controller manages.
 * @param server - where the API server listens
 */
export function apiService(
  addresses: ServiceAddresses,
  server: { readonly address: string; readonly port: number },
): readonly KeptObject[] {
  const clusterIP = addresses.fixed(API_ADDRESS_NUMBER);
  const ports = [{ name: 'https', port: server.port, protocol: 'TCP' }];
  const named = (labels: Readonly<Record<string, string>>) => ({
    metadata: { name: 'kubernetes', namespace: 'default', labels },
  });
  const service = {
    ...named({ component: 'apiserver', provider: 'kubernetes' }),
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: server.port }],
    },
  };
  const endpoints = {
    ...named({ 'endpointslice.kubernetes.io/skip-mirror': 'true' }),
    subsets: [{ addresses: [{ ip: server.address }], ports }],
  };
  const slice = {
    ...named({ 'kubernetes.io/service-name': 'kubernetes' }),
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: [server.address], conditions: { ready: true } }],
  };
  const everyMs = SERVICE_INTERVAL_MS;
  return [
    // Its definition is not looked at once it is there.
    { resource: 'services', object: service, repaired: [], everyMs },
    { resource: 'endpoints', object: endpoints, repaired: ['subsets'], everyMs },
    {
      resource: 'endpointslices.discovery.k8s.io',
      object: slice,
      repaired: ['ports', 'endpoints'],
      everyMs,
    },
  ];
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
