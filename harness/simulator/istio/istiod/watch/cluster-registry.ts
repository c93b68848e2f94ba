/**
 * What istiod knows of one cluster: its services, and the endpoints behind them, as watched at its API
 * server.
 */
import type { Clock } from '../../../../base/clock.ts';
import type {
  KubernetesClient,
  KubernetesObject,
  ResourcePath,
  Selectors,
} from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import { spiffeId } from '../../ca/certificate-authority.ts';
import type { Log } from '../../log.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import { type IstioEndpoint, NETWORK_LABEL, type RegistryService } from '../model/mesh-model.ts';
import { networkOf } from '../model/network-of.ts';
import { Informer } from './informer.ts';
import { minorOf } from './kubelet-version.ts';
import {
  networkLabelOf,
  type RegistryEndpoints,
  type RegistryPod,
  readEndpointSlice,
  readEndpoints,
  readPod,
  readService,
} from './registry-objects.ts';

/** Which cluster to watch, and whom to tell. */
export interface ClusterRegistryOptions {
  readonly clusterId: string;
  readonly client: () => KubernetesClient;
  readonly behaviour: IstioBehaviour;
  readonly systemNamespace: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** The service or its endpoints in this cluster changed; `undefined`: those of all services. */
  readonly onChange: (registry: ClusterRegistry, hostname: string | undefined) => void;
}

const KINDS: Readonly<Record<string, string>> = {
  services: 'Service',
  pods: 'Pod',
  endpoints: 'Endpoints',
  endpointslices: 'EndpointSlice',
  namespaces: 'Namespace',
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** pilot/pkg/serviceregistry/kube/controller/controller.go */
export class ClusterRegistry {
  readonly clusterId: string;
  readonly client: () => KubernetesClient;
  readonly #options: ClusterRegistryOptions;
  readonly #services: Informer<RegistryService>;
  readonly #pods: Informer<RegistryPod>;
  readonly #endpoints: Informer<RegistryEndpoints>;
  readonly #namespace: Informer<string>;
  /** `sample/helloworld` → keys of its Endpoints or slices. */
  readonly #endpointKeys = new Map<string, Set<string>>();
  readonly #podByAddress = new Map<string, RegistryPod>();
  /** Which services list an address: a pod may become known after the endpoint that stands for it. */
  readonly #servicesByAddress = new Map<string, Set<string>>();
  #nodesRead: Promise<void> | undefined;
  #kubeletVersion = '';

  constructor(options: ClusterRegistryOptions) {
    this.#options = options;
    this.clusterId = options.clusterId;
    this.client = options.client;
    const isSlices = options.behaviour.endpointSource === 'endpoint-slices';
    this.#services = this.#informer(
      { apiVersion: 'v1', plural: 'services' },
      object => readService(object, options.domain),
      (_key, now, before) => {
        if (same(now, before)) return;
        this.#changed((now ?? before)?.hostname);
      },
    );
    this.#pods = this.#informer({ apiVersion: 'v1', plural: 'pods' }, readPod, (_key, now, before) =>
      this.#podChanged(now, before),
    );
    this.#endpoints = this.#informer(
      isSlices
        ? { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices' }
        : { apiVersion: 'v1', plural: 'endpoints' },
      isSlices ? readEndpointSlice : readEndpoints,
      (key, now, before) => this.#endpointsChanged(key, now, before),
    );
    this.#namespace = this.#informer(
      { apiVersion: 'v1', plural: 'namespaces' },
      networkLabelOf,
      (_key, now, before) => {
        if (now !== before) this.#changed(undefined);
      },
      { fieldSelector: `metadata.name=${options.systemNamespace}` },
    );
  }

  /** Resolves when all caches hold a first list; never rejects. */
  get synced(): Promise<void> {
    const informers = [this.#services, this.#pods, this.#endpoints, this.#namespace];
    this.#nodesRead ??= this.#namespace.synced.then(() => this.#readNodes());
    return Promise.all([...informers.map(({ synced }) => synced), this.#nodesRead]).then(() => {});
  }

  get hasSynced(): boolean {
    return (
      this.#services.hasSynced &&
      this.#pods.hasSynced &&
      this.#endpoints.hasSynced &&
      this.#namespace.hasSynced
    );
  }

  /** `v1.32.0`, the oldest among the nodes; empty before it is known. */
  get kubeletVersion(): string {
    return this.#kubeletVersion;
  }

  services(): Iterable<RegistryService> {
    return this.#services.values();
  }

  service(hostname: string): RegistryService | undefined {
    const [name = '', namespace = ''] = hostname.split('.');
    const service = this.#services.get(`${namespace}/${name}`);
    return service?.hostname === hostname ? service : undefined;
  }

  *labelledServices(): Iterable<RegistryService> {
    for (const service of this.#services.values()) if (service.labels[NETWORK_LABEL]) yield service;
  }

  pod(namespace: string, name: string): RegistryPod | undefined {
    return this.#pods.get(`${namespace}/${name}`);
  }

  /** Ready endpoints of a service, of this cluster's pods and hand-written addresses. */
  endpointsOf(hostname: string, mesh: MeshConfig): IstioEndpoint[] {
    const service = this.service(hostname);
    if (!service) return [];
    const [namespaceLabel = ''] = [...this.#namespace.values()];
    const result: IstioEndpoint[] = [];
    for (const key of this.#endpointKeys.get(`${service.namespace}/${service.name}`) ?? []) {
      for (const { address, port, portName, isPod } of this.#endpoints.get(key)?.ready ?? []) {
        const pod = this.#podByAddress.get(address);
        if (isPod && !pod) continue;
        const labels = pod?.labels ?? {};
        result.push({
          address,
          port,
          servicePortName: portName,
          clusterId: this.clusterId,
          network: networkOf(this.#options.behaviour, mesh, {
            address,
            clusterId: this.clusterId,
            podLabel: labels[NETWORK_LABEL],
            namespaceLabel,
          }),
          identity: pod ? spiffeId(mesh.trustDomain, pod.namespace, pod.serviceAccount) : '',
          tlsMode: labels['security.istio.io/tlsMode'] === 'istio' ? 'istio' : 'disabled',
          labels,
        });
      }
    }
    return result.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port));
  }

  #informer<T>(
    path: ResourcePath,
    keep: (object: KubernetesObject) => T | undefined,
    onChange: (key: string, now: T | undefined, before: T | undefined) => void,
    selectors?: Selectors,
  ): Informer<T> {
    const { client, clock, random, signal, log } = this.#options;
    // Services come first, and open the client's first connection.
    const after = path.plural === 'services' ? undefined : this.#services;
    return new Informer({
      client,
      path,
      clock,
      random,
      signal,
      keep,
      onChange,
      ...(selectors && { selectors }),
      ...(after && { after }),
      kind: KINDS[path.plural] ?? path.plural,
      onFailure: message => log.error(message),
    });
  }

  /**
   * Unlike Istio, nodes are read once: only the kubelet's version matters here, since no one prefers a
   * locality.
   */
  async #readNodes(): Promise<void> {
    if (!this.#options.behaviour.nativeSidecars) return;
    const nodes = await this.client()
      .list({ apiVersion: 'v1', plural: 'nodes' }, {}, this.#options.signal)
      .catch(() => ({ items: [] as KubernetesObject[] }));
    const versions = nodes.items.map(
      node =>
        (node['status'] as { nodeInfo?: { kubeletVersion?: string } } | undefined)?.nodeInfo
          ?.kubeletVersion ?? '',
    );
    this.#kubeletVersion = versions.sort((a, b) => minorOf(a) - minorOf(b))[0] ?? '';
  }

  #changed(hostname: string | undefined): void {
    this.#options.onChange(this, hostname);
  }

  #serviceChanged(service: string): void {
    const [namespace = '', name = ''] = service.split('/');
    this.#changed(`${name}.${namespace}.svc.${this.#options.domain}`);
  }

  #podChanged(now: RegistryPod | undefined, before: RegistryPod | undefined): void {
    if (same(now, before)) return;
    if (before && before.address !== now?.address) this.#podByAddress.delete(before.address);
    if (now) this.#podByAddress.set(now.address, now);
    const addresses = new Set([now?.address, before?.address]);
    for (const address of addresses)
      for (const service of (address && this.#servicesByAddress.get(address)) || [])
        this.#serviceChanged(service);
  }

  #endpointsChanged(
    key: string,
    now: RegistryEndpoints | undefined,
    before: RegistryEndpoints | undefined,
  ): void {
    if (same(now, before)) return;
    const service = (now ?? before)?.service ?? '';
    const keys = this.#endpointKeys.get(service) ?? new Set();
    if (now) keys.add(key);
    else keys.delete(key);
    if (keys.size > 0) this.#endpointKeys.set(service, keys);
    else this.#endpointKeys.delete(service);
    for (const { address } of before?.ready ?? []) this.#servicesByAddress.get(address)?.delete(service);
    for (const { address } of now?.ready ?? []) {
      const services = this.#servicesByAddress.get(address) ?? new Set();
      this.#servicesByAddress.set(address, services.add(service));
    }
    this.#serviceChanged(service);
  }
}
