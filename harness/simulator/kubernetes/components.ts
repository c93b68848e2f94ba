/**
 * Everything in a cluster that is not the API server: controllers, scheduler, kubelets, kube-proxy and the
 * name server.
 */
import type { NetworkNamespace } from '../network/interfaces.ts';
import { createDnsEndpoints, createDnsService } from './bootstrap.ts';
import { AllObjects } from './client/all-objects.ts';
import type { Controller } from './client/controller.ts';
import { TypedClient } from './client/typed.ts';
import { type ContextOf, contextsOf, keepOwnObjects } from './component-contexts.ts';
import type { ControlPlane, ControlPlaneOptions } from './control-plane.ts';
import { startClusterRoleAggregation } from './controllers/cluster-role-aggregation.ts';
import { startDeploymentController } from './controllers/deployment.ts';
import { startDisruptionController } from './controllers/disruption.ts';
import { startEndpointSliceMirroringController } from './controllers/endpoint-slice-mirroring.ts';
import { startEndpointSliceController } from './controllers/endpoint-slices.ts';
import { startEndpointsController } from './controllers/endpoints.ts';
import { startGarbageCollector } from './controllers/garbage-collector.ts';
import { startLoadBalancerController } from './controllers/load-balancer.ts';
import { startNamespaceController } from './controllers/namespace.ts';
import { startNodeTaints } from './controllers/node-taints.ts';
import { startPodCollector } from './controllers/pod-collector.ts';
import { startReplicaSetController } from './controllers/replica-set.ts';
import { startScheduler } from './controllers/scheduler.ts';
import { startServiceAccountController } from './controllers/service-account.ts';
import { startServiceAccountTokenController } from './controllers/service-account-token.ts';
import { STANDARD_CLASS } from './controllers/storage/memory-volumes.ts';
import { startClusterDns } from './node/cluster-dns.ts';
import { startKubeProxy } from './node/kube-proxy.ts';
import type { Kubelet } from './node/kubelet/kubelet.ts';
import { KubeletSessions } from './node/kubelet/sessions.ts';
import { type Stand, startNetworkPolicies } from './node/network-policies.ts';
import type { NodeMachine } from './node/nodes.ts';
import { registerNodes, startKubelets } from './node-agents.ts';
import { startRareControllers } from './rare-controllers.ts';

/** Makes the objects that a cluster has from its first moment, and starts all components. */
export function startControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { machinery, supervisor, network, nodes, clock } = options;
  const client = new TypedClient(machinery.client);
  const first = firstOf(nodes);
  const kept = keepOwnObjects(options);
  registerNodes(options);
  createDnsService(client, machinery.addresses);
  const all = new AllObjects(machinery.clientFor(supervisor.component('informers')), machinery.registry);
  const contextOf = contextsOf(options);
  const kubelets = startKubelets(options);
  const dns = network.addPod('coredns', first.name);
  createDnsEndpoints(client, dns.address);
  client.create('storageclasses.storage.k8s.io', STANDARD_CLASS);
  const components: Controller[] = [
    kept,
    all,
    ...startControllers(options, contextOf, all),
    ...startNodeServices(options, contextOf, dns),
    ...kubelets.values(),
  ];
  return {
    sessions: new KubeletSessions(clock, pod => workerOf(kubelets.values(), pod), options.onExecOutput),
    startController: (name, start) => {
      components.push(start(contextOf(name)));
    },
    stop: () => {
      for (const component of [...components].reverse()) component.stop();
      dns.destroy();
    },
  };
}

/**
 * Starts what kube-controller-manager, a cloud's controller manager and kube-scheduler are in a real cluster.
 */
function startControllers(
  { caCertificate, tokens, network, hasLoadBalancers = true }: ControlPlaneOptions,
  contextOf: ContextOf,
  all: AllObjects,
): Controller[] {
  return [
    startNamespaceController(contextOf('namespace'), all),
    startClusterRoleAggregation(contextOf('clusterrole-aggregation')),
    startServiceAccountController(contextOf('service-account'), caCertificate),
    startServiceAccountTokenController(contextOf('token'), caCertificate, (account, secret) =>
      tokens.issueForSecret(account, secret),
    ),
    startDeploymentController(contextOf('deployment')),
    startReplicaSetController(contextOf('replica-set')),
    startEndpointsController(contextOf('endpoints')),
    startEndpointSliceController(contextOf('endpoint-slices')),
    startEndpointSliceMirroringController(contextOf('endpoint-slice-mirroring')),
    startGarbageCollector(contextOf('garbage-collector'), all),
    ...(hasLoadBalancers ? [startLoadBalancerController(contextOf('load-balancer'), network)] : []),
    startDisruptionController(contextOf('disruption')),
    startPodCollector(contextOf('pod-garbage-collector')),
    startNodeTaints(contextOf('node-lifecycle')),
    ...startRareControllers(contextOf, all),
    startScheduler(contextOf('scheduler')),
  ];
}

/** Starts kube-proxy and the name server. @param dns - where the name server listens */
function startNodeServices(
  { machinery, network, nodes }: ControlPlaneOptions,
  contextOf: ContextOf,
  dns: NetworkNamespace,
): Controller[] {
  return [
    startKubeProxy({
      ...contextOf('kube-proxy'),
      network,
      nodeAddresses: nodes.map(node => node.network.address),
    }),
    startClusterDns(new TypedClient(machinery.client), dns),
    startNetworkPolicies({
      client: contextOf('network-policies').client,
      network,
      stands: [nameServer(dns)],
    }),
  ];
}

/** The name server as policies see it: what the pods of CoreDNS are in a cluster of kubeadm. */
const nameServer = ({ address }: NetworkNamespace): Stand => ({
  address,
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns' },
  namedPorts: new Map([['UDP dns', 53]]),
});

/** Finds the worker of a pod, on whichever node it is. */
function workerOf(kubelets: Iterable<Kubelet>, pod: Parameters<Kubelet['worker']>[0]) {
  for (const kubelet of kubelets) {
    const worker = kubelet.worker(pod);
    if (worker) return worker;
  }
  return undefined;
}

function firstOf(nodes: readonly NodeMachine[]): NodeMachine {
  const [first] = nodes;
  if (!first) throw new RangeError('A cluster needs a node.');
  return first;
}
