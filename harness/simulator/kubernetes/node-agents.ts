/** What runs on each node for the cluster: its kubelet, and the node's object in the API. */
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { ClusterNetwork, ResolverConfig } from '../network/interfaces.ts';
import type { ImageCatalog, OnProcess } from '../program.ts';
import type { ServiceAccountTokens } from './auth/service-account-tokens.ts';
import { dnsAddressOf } from './bootstrap.ts';
import { LocalClusterClient } from './client/local-cluster-client.ts';
import type { Component, Supervisor } from './client/supervisor.ts';
import { TypedClient } from './client/typed.ts';
import type { Machinery } from './machinery.ts';
import { CLUSTER_DOMAIN } from './node/cluster-dns.ts';
import { Kubelet, type KubeletOptions } from './node/kubelet/kubelet.ts';
import { VolumeMemory } from './node/kubelet/volume-memory.ts';
import type { IssueToken } from './node/kubelet/volumes.ts';
import { NODE_CAPACITY, type NodeMachine, podCidr, registerNode } from './node/nodes.ts';

/** How long the token of a pod lasts whose account has gone: it is worth nothing. */
const WORTHLESS_TOKEN_MS = 60_000;

/** What the nodes of a cluster are made of. */
export interface NodeAgentsOptions {
  readonly machinery: Machinery;
  readonly supervisor: Supervisor;
  readonly network: ClusterNetwork;
  readonly nodes: readonly NodeMachine[];
  /** CIDR. */
  readonly podRange: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly images: ImageCatalog;
  /** Where no registry can be asked: the images that the nodes have, by whole references. */
  readonly isOnNodes?: (reference: string) => boolean;
  readonly tokens: ServiceAccountTokens;
  /** `v1.32.4` */
  readonly version: string;
  readonly onProcess?: OnProcess;
}

const clientOf = (machinery: Machinery, component: Component): LocalClusterClient =>
  new LocalClusterClient(new TypedClient(machinery.clientFor(component)));

/** Creates the nodes' objects, in the names of their kubelets. */
export function registerNodes({
  machinery,
  supervisor,
  nodes,
  podRange,
  clock,
  version,
}: NodeAgentsOptions): void {
  nodes.forEach((machine, index) => {
    const component = supervisor.component(`kubelet/${machine.name}`);
    component.start({ resource: 'nodes', key: machine.name }, async () => {
      const facts = { podCidr: podCidr(podRange, index), version, now: clock.now() };
      await registerNode(clientOf(machinery, component), machine, facts);
    });
  });
}

/** Makes the function that tells pods of a namespace how to resolve names (the policy ClusterFirst). */
const resolverAt =
  (nameserver: string) =>
  (namespace: string): ResolverConfig => ({
    nameserver,
    search: [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN],
    ndots: 5,
  });

/** Starts a kubelet on each node. @returns the kubelets by the nodes' names */
export function startKubelets(options: NodeAgentsOptions): ReadonlyMap<string, Kubelet> {
  const shared = {
    images: options.images,
    version: options.version,
    ...(options.isOnNodes && { isOnNodes: options.isOnNodes }),
    allocatable: { cpu: NODE_CAPACITY.cpu, memory: NODE_CAPACITY.memoryKi * 1024 },
    resolver: resolverAt(dnsAddressOf(options.machinery.addresses)),
    issueToken: tokenIssuer(options),
    volumes: new VolumeMemory(new TypedClient(options.machinery.client)),
    ...(options.onProcess && { onProcess: options.onProcess }),
  };
  return new Map(options.nodes.map(node => [node.name, startKubelet(node, options, shared)]));
}

/** Starts the kubelet of one node, with the frame, client and chance that are its own. */
function startKubelet(
  { name, network: nodeNetwork }: NodeMachine,
  { machinery, supervisor, network, random }: NodeAgentsOptions,
  shared: Pick<
    KubeletOptions,
    'images' | 'version' | 'isOnNodes' | 'allocatable' | 'resolver' | 'issueToken' | 'volumes' | 'onProcess'
  >,
): Kubelet {
  const component = supervisor.component(`kubelet/${name}`);
  return new Kubelet({
    ...shared,
    nodeName: name,
    component,
    client: clientOf(machinery, component),
    clock: component.clock,
    random: random.stream(`kubelet/${name}`),
    nodeNetwork,
    addSandbox: podName => network.addPod(podName, name),
  });
}

/** Makes the function that gives a pod the token of its service account. */
function tokenIssuer({ machinery, clock, tokens }: NodeAgentsOptions): IssueToken {
  return ({ metadata, spec }, audience, expirationSeconds) => {
    const { namespace = '', name = '', uid = '' } = metadata;
    const account = machinery.client.get('serviceaccounts', namespace, spec.serviceAccountName ?? 'default');
    // Admission lets no pod pass whose account is missing, so the account has gone since.
    if (!account) return { token: '', expiresAt: clock.now() + WORTHLESS_TOKEN_MS };
    const { token, expirationTimestamp } = tokens.issue(account, {
      audiences: audience === undefined || audience === '' ? [] : [audience],
      expirationSeconds,
      boundTo: {
        kind: 'Pod',
        name,
        uid,
        ...(spec.nodeName !== undefined && { node: spec.nodeName }),
      },
    });
    return { token, expiresAt: Date.parse(expirationTimestamp) };
  };
}
