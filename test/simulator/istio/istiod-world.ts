/**
 * A world of clusters with an istiod in some of them, whose ports can be reached from outside: for tests of
 * istiod over its wires.
 */
import { once } from 'node:events';
import http from 'node:http';
import tls from 'node:tls';
import { sleep } from '../../../harness/base/clock.ts';
import { GrpcClient } from '../../../harness/base/grpc/client.ts';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { renderInstall } from '../../../harness/simulator/istio/install/render.ts';
import type { DiscoveryRequest } from '../../../harness/simulator/istio/xds/ads/messages.ts';
import { StateOfTheWorldClient } from '../../../harness/simulator/istio/xds/ads/state-of-the-world-client.ts';
import { CODECS } from '../../../harness/simulator/istio/xds/envoy-v3/resource-codecs.ts';
import type { XdsNode } from '../../../harness/simulator/istio/xds/node.ts';
import {
  decodeCertificateResponse,
  encodeCertificateRequest,
} from '../../../harness/simulator/istio/xds/proto/certificate.ts';
import * as sotw from '../../../harness/simulator/istio/xds/proto/discovery.ts';
import { routeNamesOf } from '../../../harness/simulator/istio/xds/references.ts';
import type { ResourceType } from '../../../harness/simulator/istio/xds/resources.ts';
import {
  CREATE_CERTIFICATE,
  DISCOVERY_METHODS,
  STATE_OF_THE_WORLD_CODEC,
} from '../../../harness/simulator/istio/xds/wire/codecs.ts';
import { typeOfUrl, typeUrlOf } from '../../../harness/simulator/istio/xds/wire/types.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';
import { createWorld, type World } from '../../../harness/simulator/world.ts';

/** A response, with what the proxy has of its type after it. */
export interface Pushed {
  readonly type: ResourceType;
  readonly resources: readonly unknown[];
}

/** As a proxy does: endpoints of clusters, routes of listeners. */
function referencesOf(typeUrl: string, body: Uint8Array) {
  const type = typeOfUrl(typeUrl);
  if (type === 'cluster') {
    const { name, type: discovery } = CODECS.cluster.decode(body);
    return discovery === 'EDS' ? [{ typeUrl: typeUrlOf('endpoint'), name }] : [];
  }
  if (type !== 'listener') return [];
  const names = routeNamesOf(CODECS.listener.decode(body));
  return names.map(name => ({ typeUrl: typeUrlOf('route'), name }));
}

const pluralOf = (kind: string): string =>
  kind === 'Endpoints'
    ? 'endpoints'
    : /[^aeiou]y$/.test(kind)
      ? `${kind.slice(0, -1).toLowerCase()}ies`
      : `${kind.toLowerCase()}s`;

export class IstiodWorld implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly #world: World;
  readonly #clients = new Map<string, KubernetesClient>();

  private constructor(world: World, clock: VirtualClock) {
    this.#world = world;
    this.clock = clock;
  }

  static async start(names: readonly string[]): Promise<IstiodWorld> {
    const clock = new VirtualClock();
    clock.start();
    const world = await createWorld({
      seed: 'istiod',
      clock,
      networks: [{ name: 'network1', range: '172.18.0.0/16' }],
      clusters: names.map((name, index) => ({
        name,
        network: 'network1',
        podRange: `10.${index + 1}0.0.0/16`,
        serviceRange: `10.255.${index + 1}0.0/24`,
        nodes: 1,
      })),
    });
    return new IstiodWorld(world, clock);
  }

  client(cluster: string): KubernetesClient {
    const known = this.#clients.get(cluster);
    if (known) return known;
    const kubeconfig = this.#world.clusters.get(cluster)?.kubeconfig() ?? '';
    const client = new KubernetesClient(kubeconfig, {
      dial: (host, port) => this.#world.machine.connect(host, port),
    });
    this.#clients.set(cluster, client);
    return client;
  }

  create(cluster: string, object: KubernetesObject): Promise<KubernetesObject> {
    const { apiVersion = '', kind = '', metadata } = object;
    const namespace = metadata.namespace;
    return this.client(cluster).create(
      { apiVersion, plural: pluralOf(kind), ...(namespace && { namespace }) },
      object,
    );
  }

  /** Waits in virtual time. @throws Error after five minutes of it */
  async until(what: string, probe: () => Promise<boolean>): Promise<void> {
    for (let left = 300; left > 0; left--) {
      if (await probe()) return;
      await sleep(this.clock, 1000);
    }
    throw new Error(`in vain: ${what}`);
  }

  /**
   * Installs a control plane without gateways, and a load balancer before all of its ports.
   * @returns its address
   */
  async install(cluster: string, version: string, more: readonly KubernetesObject[] = []): Promise<string> {
    const text = JSON.stringify({
      apiVersion: 'install.istio.io/v1alpha1',
      kind: 'IstioOperator',
      spec: {
        values: { global: { meshID: 'mesh1', multiCluster: { clusterName: cluster }, network: 'network1' } },
      },
    });
    const plan = renderInstall([text], { version });
    await this.create(cluster, plan.namespace);
    for (const object of more) await this.create(cluster, object);
    const objects = plan.components
      .filter(({ name }) => name !== 'Ingress gateways')
      .flatMap(component => component.objects);
    for (const object of objects) await this.create(cluster, object);
    const namespace = 'istio-system';
    await this.create(cluster, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'outside', namespace },
      spec: {
        type: 'LoadBalancer',
        selector: { app: 'istiod' },
        ports: [8080, 15010, 15012].map(port => ({ name: `tcp-${port}`, port })),
      },
    });
    let address: string | undefined;
    await this.until('the load balancer of istiod', async () => {
      const service = await this.client(cluster).get({
        apiVersion: 'v1',
        plural: 'services',
        namespace,
        name: 'outside',
      });
      const { loadBalancer } = service['status'] as { loadBalancer?: { ingress?: { ip: string }[] } };
      address = loadBalancer?.ingress?.[0]?.ip;
      return address !== undefined;
    });
    return address ?? '';
  }

  async isReady(cluster: string): Promise<boolean> {
    const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'istio-system', name: 'istiod' };
    const { readyReplicas } = (await this.client(cluster).get(path))['status'] as { readyReplicas?: number };
    return readyReplicas === 1;
  }

  /** A kubeconfig for a remote secret: with the token of an administrator's service account. */
  async remoteKubeconfig(
    cluster: string,
    server = `https://${this.#world.clusters.get(cluster)?.apiServer.address}:6443`,
  ): Promise<string> {
    const namespace = 'kube-system';
    await this.create(cluster, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'reader', namespace },
    });
    await this.create(cluster, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
    });
    const token = await this.token(cluster, namespace, 'reader', []);
    const admin = this.#world.clusters.get(cluster)?.kubeconfig() ?? '';
    const authority = /certificate-authority-data"?: "?([^\s",]+)/.exec(admin)?.[1] ?? '';
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: cluster, cluster: { server, 'certificate-authority-data': authority } }],
      users: [{ name: cluster, user: { token } }],
      contexts: [{ name: cluster, context: { cluster, user: cluster } }],
      'current-context': cluster,
    });
  }

  async token(
    cluster: string,
    namespace: string,
    name: string,
    audiences: readonly string[],
  ): Promise<string> {
    const path = { apiVersion: 'v1', plural: 'serviceaccounts', namespace, name, subresource: 'token' };
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: { ...(audiences.length > 0 && { audiences }), expirationSeconds: 3600 },
    };
    const { token } = (await this.client(cluster).create(path, body))['status'] as { token: string };
    return token;
  }

  remoteSecret(name: string, kubeconfigs: Readonly<Record<string, string>>): KubernetesObject {
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'istio-system', labels: { 'istio/multiCluster': 'true' } },
      stringData: { ...kubeconfigs },
    };
  }

  async request(
    address: string,
    port: number,
    path: string,
    options: {
      readonly method?: string;
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly rootPem?: string;
    } = {},
  ): Promise<{ readonly status: number; readonly body: string }> {
    const { method = 'GET', headers = {}, body, rootPem } = options;
    const raw = this.#world.machine.connect(address, port);
    const socket = rootPem
      ? tls.connect({ socket: raw, ca: rootPem, servername: 'istiod.istio-system.svc' })
      : raw;
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request({
        createConnection: () => socket,
        host: address,
        port,
        method,
        path,
        headers,
      });
      request.on('response', resolve);
      request.on('error', reject);
      request.end(body);
    });
    let text = '';
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode ?? 0, body: text };
  }

  /** The mesh's root, as a self-signed istiod keeps it. */
  async rootPem(cluster: string): Promise<string> {
    const path = { apiVersion: 'v1', plural: 'secrets', namespace: 'istio-system', name: 'istio-ca-secret' };
    const { 'ca-cert.pem': pem = '' } = (await this.client(cluster).get(path))['data'] as Record<
      string,
      string
    >;
    return Buffer.from(pem, 'base64').toString();
  }

  async debug(address: string, page: string): Promise<unknown> {
    return JSON.parse((await this.request(address, 8080, `/debug/${page}`)).body);
  }

  /** A proxy's stream of the state of the world on the plaintext port. @returns what was pushed so far, which grows */
  discover(address: string, node: XdsNode): { readonly pushed: Pushed[]; close(): void } {
    const pushed: Pushed[] = [];
    const client = new GrpcClient(this.#world.machine.connect(address, 15010), { authority: address });
    const call = client.stream(DISCOVERY_METHODS['state-of-the-world']);
    const received = new Map<string, Uint8Array>();
    const proxy = new StateOfTheWorldClient<Uint8Array>({
      node,
      apply: (typeUrl, { resources, removed }) => {
        const type = typeOfUrl(typeUrl);
        if (!type) return 'of no type';
        for (const name of removed) received.delete(`${type} ${name}`);
        for (const { name, body } of resources) received.set(`${type} ${name}`, body);
        const all = [...received].filter(([key]) => key.startsWith(`${type} `));
        pushed.push({ type, resources: all.map(([, body]) => CODECS[type].decode(body)) });
        return undefined;
      },
      references: (typeUrl, { body }) => referencesOf(typeUrl, body),
    });
    const send = (requests: readonly DiscoveryRequest[]) => {
      for (const request of requests) call.send(STATE_OF_THE_WORLD_CODEC.encodeRequest(request));
    };
    call.onMessage = bytes => send(proxy.receive(STATE_OF_THE_WORLD_CODEC.decodeResponse(bytes)));
    call.onClose = () => {};
    send(proxy.open());
    return { pushed, close: () => client.close() };
  }

  /** Asks istiod's CA for a certificate. @throws GrpcError */
  async certificate(
    address: string,
    rootPem: string,
    csr: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> {
    const client = await this.#secured(address, rootPem);
    try {
      const request = encodeCertificateRequest({ csr, validityDurationSeconds: 3600, metadata: {} });
      const answer = await client.unary(CREATE_CERTIFICATE, Buffer.from(request), { metadata });
      return decodeCertificateResponse(answer).certChain;
    } finally {
      client.close();
    }
  }

  /**
   * Asks on a discovery stream of the secured port, as `istioctl` does.
   * @throws GrpcError with which istiod ends the stream
   */
  async ask(
    address: string,
    rootPem: string,
    {
      metadata,
      ...question
    }: Pick<DiscoveryRequest, 'typeUrl' | 'resourceNames' | 'node'> & {
      readonly metadata: Readonly<Record<string, string>>;
    },
  ): Promise<sotw.DiscoveryResponseMessage> {
    const client = await this.#secured(address, rootPem);
    try {
      const call = client.stream(DISCOVERY_METHODS['state-of-the-world'], { metadata });
      const answer = new Promise<Buffer>((resolve, reject) => {
        call.onMessage = resolve;
        call.onClose = error => reject(error ?? new Error('ended'));
      });
      call.send(STATE_OF_THE_WORLD_CODEC.encodeRequest({ ...question, versionInfo: '', responseNonce: '' }));
      return sotw.decodeDiscoveryResponse(await answer);
    } finally {
      client.close();
    }
  }

  async #secured(address: string, rootPem: string): Promise<GrpcClient> {
    const socket = tls.connect({
      socket: this.#world.machine.connect(address, 15012),
      ca: rootPem,
      servername: 'istiod.istio-system.svc',
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'secureConnect');
    return new GrpcClient(socket, { authority: address, scheme: 'https' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await this.#world[Symbol.asyncDispose]();
    this.clock.stop();
  }
}
