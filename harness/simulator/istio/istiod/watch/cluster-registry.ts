/**
 * What istiod knows of one cluster: its services and the endpoints behind them, from watches at its API
 * server.
 */

import type { KubernetesClient } from '../../../../base/kubernetes-client.ts';
import { includesLabels, type LabelSelector } from '../../../../base/labels.ts';
import { spiffeId } from '../../ca/certificate-authority.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import { type IstioEndpoint, localityOf, NETWORK_LABEL, type RegistryService } from '../model/mesh-model.ts';
import { networkOf } from '../model/network-of.ts';
import { ClusterCaches, type ClusterCachesOptions } from './cluster-caches.ts';
import { DiscoveryNamespaces } from './discovery-namespaces.ts';
import { EndpointIndex } from './endpoint-index.ts';
import { oldestVersion } from './kubelet-version.ts';
import type { RegistryPod } from './registry-objects.ts';

/** Which cluster to watch, and whom to tell. */
export interface ClusterRegistryOptions extends ClusterCachesOptions {
  readonly clusterId: string;
  /** The service or its endpoints in this cluster changed; `undefined`: those of all services. */
  readonly onChange: (registry: ClusterRegistry, hostname: string | undefined) => void;
  /** A pod came, went or changed, whatever service it is of. */
  readonly onPod?: () => void;
}

/** pilot/pkg/serviceregistry/kube/controller/controller.go */
export class ClusterRegistry {
  readonly clusterId: string;
  readonly client: () => KubernetesClient;
  readonly #options: ClusterRegistryOptions;
  readonly #caches: ClusterCaches;
  readonly #index = new EndpointIndex();
  readonly #namespaces: DiscoveryNamespaces;
  #selecting: Promise<void> = Promise.resolve();

  constructor(options: ClusterRegistryOptions) {
    this.#options = options;
    this.clusterId = options.clusterId;
    this.client = options.client;
    this.#caches = new ClusterCaches(options, {
      onService: hostname => this.#changed(hostname),
      onPod: (now, before) => {
        options.onPod?.();
        for (const service of this.#index.putPod(now, before)) this.#serviceChanged(service);
      },
      onEndpoints: (key, now, before) => this.#serviceChanged(this.#index.putEndpoints(key, now, before)),
      onNetwork: () => this.#changed(undefined),
      onNode: () => this.#changed(undefined),
    });
    const { client, clock, random, signal, log } = options;
    this.#namespaces = new DiscoveryNamespaces({
      client,
      clock,
      random,
      signal,
      onFailure: message => log.error(message),
      onChange: () => this.#changed(undefined),
    });
  }

  /**
   * Has only what is in some namespaces be known. Resolves when it is, and never rejects; `synced` waits for
   * it, too.
   */
  select(selectors: readonly LabelSelector[]): Promise<void> {
    this.#selecting = this.#namespaces.select(selectors);
    return this.#selecting;
  }

  /** Tells whether istiod looks at a namespace of this cluster. */
  selects(namespace: string): boolean {
    return this.#namespaces.selects(namespace);
  }

  /** Resolves when all caches hold a first list; never rejects. */
  get synced(): Promise<void> {
    return Promise.all([...this.#caches.synced, this.#selecting]).then(() => {});
  }

  /** `v1.32.0`, the oldest among the nodes; empty before it is known. */
  get kubeletVersion(): string {
    return oldestVersion([...this.#caches.nodes.values()].map(({ kubeletVersion }) => kubeletVersion));
  }

  *services(): Iterable<RegistryService> {
    for (const service of this.#caches.services.values()) if (this.selects(service.namespace)) yield service;
  }

  service(hostname: string): RegistryService | undefined {
    const [name = '', namespace = ''] = hostname.split('.');
    const service = this.#caches.services.get(`${namespace}/${name}`);
    return service?.hostname === hostname && this.selects(namespace) ? service : undefined;
  }

  *labelledServices(): Iterable<RegistryService> {
    for (const service of this.services()) if (service.labels[NETWORK_LABEL]) yield service;
  }

  /**
   * Returns where a Service is reached from outside of the cluster: where it says nothing, at the nodes that
   * it selects (network.go @1.30.3, updateServiceNodePortAddresses).
   */
  externalAddressesOf({ externalAddresses, onNodes }: RegistryService): readonly string[] {
    if (externalAddresses.length > 0 || !onNodes) return externalAddresses;
    return [...this.#caches.nodes.values()]
      .flatMap(({ external }) => external ?? [])
      .filter(({ labels }) => includesLabels(labels, onNodes.selector))
      .map(({ address }) => address)
      .sort();
  }

  pod(namespace: string, name: string): RegistryPod | undefined {
    return this.#caches.pods.get(`${namespace}/${name}`);
  }

  /** Tells where a pod is: `region/zone/subzone`; empty if nothing tells it. */
  localityOf({ labels, node }: RegistryPod): string {
    return localityOf(labels, this.#caches.nodes.get(node)?.locality);
  }

  podAt(address: string): RegistryPod | undefined {
    return this.#index.podAt(address);
  }

  /** Returns the running pods of a namespace that have some labels, by their names. */
  podsOf(namespace: string, selector: Readonly<Record<string, string>>): readonly RegistryPod[] {
    return [...this.#caches.pods.values()]
      .filter(pod => pod.namespace === namespace)
      .filter(({ labels }) => includesLabels(labels, selector))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Returns the identity of a service account: `spiffe://cluster.local/ns/sample/sa/default`. */
  identityOf(namespace: string, account: string, { trustDomain }: MeshConfig): string {
    return spiffeId(trustDomain, namespace, account);
  }

  /** Returns the network of an address of this cluster. */
  networkAt(address: string, labels: RegistryPod['labels'], mesh: MeshConfig): string {
    const [namespaceLabel = ''] = [...this.#caches.namespace.values()];
    const { behaviour } = this.#options;
    const podLabel = labels[NETWORK_LABEL];
    return networkOf(behaviour, mesh, { address, clusterId: this.clusterId, podLabel, namespaceLabel });
  }

  /** Returns a service's ready endpoints: pods of this cluster, and addresses that someone wrote by hand. */
  endpointsOf(hostname: string, mesh: MeshConfig): IstioEndpoint[] {
    const service = this.service(hostname);
    // What a cluster exports to nobody has no endpoints there (controller.go @1.30.3, addOrUpdateService).
    if (!service || service.exportTo.includes('~')) return [];
    const result: IstioEndpoint[] = [];
    for (const key of this.#index.keysOf(`${service.namespace}/${service.name}`)) {
      for (const { address, port, portName, isPod } of this.#caches.endpoints.get(key)?.ready ?? []) {
        const pod = this.#index.podAt(address);
        if (isPod && !pod) continue;
        const labels = pod?.labels ?? {};
        const locality = pod ? this.localityOf(pod) : '';
        result.push({
          address,
          port,
          servicePortName: portName,
          clusterId: this.clusterId,
          network: this.networkAt(address, labels, mesh),
          identity: pod ? spiffeId(mesh.trustDomain, pod.namespace, pod.serviceAccount) : '',
          tlsMode: labels['security.istio.io/tlsMode'] === 'istio' ? 'istio' : 'disabled',
          labels,
          ...(locality !== '' && { locality }),
          ...(pod && { node: pod.node }),
        });
      }
    }
    return result.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port));
  }

  #changed(hostname: string | undefined): void {
    this.#options.onChange(this, hostname);
  }

  #serviceChanged(service: string): void {
    const [namespace = '', name = ''] = service.split('/');
    this.#changed(`${name}.${namespace}.svc.${this.#options.domain}`);
  }
}
