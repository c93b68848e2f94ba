/**
 * Everything in a cluster that is not the API server: controllers, scheduler, kubelets, kube-proxy and the
 * name server.
 */
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { ClusterNetwork, ResolverConfig } from '../network/interfaces.ts';
import type { ImageCatalog, OnProcess } from '../program.ts';
import type { ServiceAccountTokens } from './auth/service-account-tokens.ts';
import { AllObjects } from './client/all-objects.ts';
import type { Controller, ControllerContext } from './client/controller.ts';
import type { Component, Supervisor } from './client/supervisor.ts';
import { TypedClient } from './client/typed.ts';
import { startDeploymentController } from './controllers/deployment.ts';
import { startDisruptionController } from './controllers/disruption.ts';
import { startEndpointSliceMirroringController } from './controllers/endpoint-slice-mirroring.ts';
import { startEndpointSliceController } from './controllers/endpoint-slices.ts';
import { startEndpointsController } from './controllers/endpoints.ts';
import { startGarbageCollector } from './controllers/garbage-collector.ts';
import { startLoadBalancerController } from './controllers/load-balancer.ts';
import { startNamespaceController } from './controllers/namespace.ts';
import { startReplicaSetController } from './controllers/replica-set.ts';
import { startScheduler } from './controllers/scheduler.ts';
import { startServiceAccountController } from './controllers/service-account.ts';
import { startServiceAccountTokenController } from './controllers/service-account-token.ts';
import type { KubeletApi } from './kubelet-api.ts';
import type { Machinery } from './machinery.ts';
import { CLUSTER_DOMAIN, startClusterDns } from './node/cluster-dns.ts';
import { startKubeProxy } from './node/kube-proxy.ts';
import { Kubelet } from './node/kubelet/kubelet.ts';
import { KubeletSessions } from './node/kubelet/sessions.ts';
import type { IssueToken } from './node/kubelet/volumes.ts';
import { createNode, NODE_CAPACITY, type NodeMachine } from './node/nodes.ts';

/** The tenth address of the service range, as kubeadm chooses it. */
const DNS_ADDRESS_NUMBER = 10;
/** The first one is the API server's. */
const API_ADDRESS_NUMBER = 1;
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export interface ControlPlaneOptions {
  readonly machinery: Machinery;
  readonly supervisor: Supervisor;
  readonly network: ClusterNetwork;
  /** The first one is the control plane's. */
  readonly nodes: readonly NodeMachine[];
  readonly podRange: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly images: ImageCatalog;
  readonly tokens: ServiceAccountTokens;
  /** PEM; goes into `kube-root-ca.crt` and into token secrets. */
  readonly caCertificate: string;
  /** Where the API server listens on the first node. */
  readonly apiPort: number;
  /** False: nobody gives addresses to Services of type LoadBalancer. */
  readonly hasLoadBalancers?: boolean;
  /** `v1.32.4` */
  readonly version: string;
  readonly onProcess?: OnProcess;
}

export interface ControlPlane extends Controller {
  readonly sessions: KubeletApi;
  /** Starts one controller more; it ends with the others. */
  startController(name: string, start: (context: ControllerContext) => Controller): void;
}

/** Makes the objects that a cluster has from its first moment, and starts all components. */
export function startControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { machinery, supervisor, network, nodes, clock, random, caCertificate, tokens } = options;
  const client = new TypedClient(machinery.client);
  bootstrap(client, options);
  const clientOf = (component: Component) => new TypedClient(machinery.clientFor(component));
  const all = new AllObjects(machinery.clientFor(supervisor.component('informers')), machinery.registry);
  const context = (name: string): ControllerContext => {
    const component = supervisor.component(name);
    return { component, client: clientOf(component), clock: component.clock, random: random.stream(name) };
  };
  const kubelets = startKubelets(options);
  const dns = network.addPod('coredns', firstOf(nodes).name);
  writeDnsEndpoint(client, dns.address);
  const components: Controller[] = [
    all,
    startNamespaceController(context('namespace'), all),
    startServiceAccountController(context('service-account'), caCertificate),
    startServiceAccountTokenController(context('token'), caCertificate, (account, secret) =>
      tokens.issueForSecret(account, secret),
    ),
    startDeploymentController(context('deployment')),
    startReplicaSetController(context('replica-set')),
    startEndpointsController(context('endpoints')),
    startEndpointSliceController(context('endpoint-slices')),
    startEndpointSliceMirroringController(context('endpoint-slice-mirroring')),
    startGarbageCollector(context('garbage-collector'), all),
    ...(options.hasLoadBalancers === false
      ? []
      : [startLoadBalancerController(context('load-balancer'), network)]),
    startDisruptionController(context('disruption')),
    startScheduler(context('scheduler')),
    startKubeProxy({
      ...context('kube-proxy'),
      network,
      nodeAddresses: nodes.map(node => node.network.address),
    }),
    startClusterDns(client, dns),
    ...kubelets.values(),
  ];
  const sessions = new KubeletSessions(clock, pod => {
    for (const kubelet of kubelets.values()) {
      const worker = kubelet.worker(pod);
      if (worker) return worker;
    }
    return undefined;
  });
  return {
    sessions,
    startController: (name, start) => {
      components.push(start(context(name)));
    },
    stop: () => {
      for (const component of [...components].reverse()) component.stop();
      dns.destroy();
    },
  };
}

function firstOf(nodes: readonly NodeMachine[]): NodeMachine {
  const [first] = nodes;
  if (!first) throw new RangeError('A cluster needs a node.');
  return first;
}

function startKubelets(options: ControlPlaneOptions): ReadonlyMap<string, Kubelet> {
  const { machinery, supervisor, network, nodes, clock, random, images, tokens } = options;
  const nameserver = machinery.addresses.fixed(DNS_ADDRESS_NUMBER);
  const resolver = (namespace: string): ResolverConfig => ({
    nameserver,
    search: [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN],
    ndots: 5,
  });
  const issueToken: IssueToken = (pod, audience, expirationSeconds) => {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const account = machinery.client.get(
      'serviceaccounts',
      namespace,
      pod.spec.serviceAccountName ?? 'default',
    );
    // Without its account the pod can not have been admitted; if that went meanwhile, so has the token's
    // worth.
    if (!account) return { token: '', expiresAt: clock.now() + 60_000 };
    const { token, expirationTimestamp } = tokens.issue(account, {
      audiences: audience === undefined || audience === '' ? [] : [audience],
      expirationSeconds,
      boundTo: {
        kind: 'Pod',
        name,
        uid,
        ...(pod.spec.nodeName !== undefined && { node: pod.spec.nodeName }),
      },
    });
    return { token, expiresAt: Date.parse(expirationTimestamp) };
  };
  const kubelets = new Map<string, Kubelet>();
  for (const { name, network: nodeNetwork } of nodes) {
    const component = supervisor.component(`kubelet/${name}`);
    const kubelet = new Kubelet({
      nodeName: name,
      component,
      client: new TypedClient(machinery.clientFor(component)),
      clock: component.clock,
      random: random.stream(`kubelet/${name}`),
      images,
      nodeNetwork,
      allocatable: { cpu: NODE_CAPACITY.cpu, memory: NODE_CAPACITY.memoryKi * 1024 },
      addSandbox: podName => network.addPod(podName, name),
      resolver,
      issueToken,
      ...(options.onProcess && { onProcess: options.onProcess }),
    });
    kubelets.set(name, kubelet);
  }
  return kubelets;
}

/** The objects that API server, kubeadm and kubelets would have made. */
function bootstrap(client: TypedClient, options: ControlPlaneOptions): void {
  const { machinery, nodes, podRange, clock, version, apiPort } = options;
  for (const name of NAMESPACES) {
    if (client.get('namespaces', '', name)) continue;
    client.create('namespaces', { metadata: { name }, status: { phase: 'Active' } });
  }
  nodes.forEach((node, index) => {
    createNode(client, node, index, podRange, version, clock.now());
  });
  const apiAddress = machinery.addresses.fixed(API_ADDRESS_NUMBER);
  const apiPorts = [{ name: 'https', port: apiPort, protocol: 'TCP' }];
  client.create('services', {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: apiAddress,
      clusterIPs: [apiAddress],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: apiPort }],
    },
  });
  const { address } = firstOf(nodes).network;
  client.create('endpoints', {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip: address }], ports: apiPorts }],
  });
  // The API server keeps its own slice, which no controller manages.
  client.create('endpointslices.discovery.k8s.io', {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    ports: apiPorts,
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  });
  const dnsAddress = machinery.addresses.fixed(DNS_ADDRESS_NUMBER);
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
      clusterIP: dnsAddress,
      clusterIPs: [dnsAddress],
      // Unlike kubeadm's, it has no selector: the name server is no pod that one sees, and it speaks UDP
      // only.
      ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 }],
    },
  });
}

function writeDnsEndpoint(client: TypedClient, ip: string): void {
  client.create('endpoints', {
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] }],
  });
}
