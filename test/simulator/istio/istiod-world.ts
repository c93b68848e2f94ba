/**
 * A world of clusters with an istiod in some of them, whose ports can be reached from outside: for tests of
 * istiod over its wires.
 */
import http from 'node:http';
import tls from 'node:tls';
import { sleep } from '../../../harness/base/clock.ts';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { renderInstall } from '../../../harness/simulator/istio/install/render.ts';
import type { XdsNode } from '../../../harness/simulator/istio/xds/node.ts';
import type { DiscoveryResponse } from '../../../harness/simulator/istio/xds/wire.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';
import { createWorld, type World } from '../../../harness/simulator/world.ts';

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

  async debug(address: string, page: string): Promise<unknown> {
    return JSON.parse((await this.request(address, 8080, `/debug/${page}`)).body);
  }

  /** A proxy's stream on the plaintext port. @returns what was pushed so far, which grows */
  discover(address: string, node: XdsNode): { readonly pushed: DiscoveryResponse[]; close(): void } {
    const pushed: DiscoveryResponse[] = [];
    const raw = this.#world.machine.connect(address, 15010);
    const request = http.request({
      createConnection: () => raw,
      host: address,
      path: '/v3/discovery',
      headers: { connection: 'Upgrade', upgrade: 'mesh-harness-xds' },
    });
    request.on('upgrade', (_response, socket, head) => {
      let rest = head.toString();
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const response = JSON.parse(line) as DiscoveryResponse;
          pushed.push(response);
          socket.write(`${JSON.stringify({ type: response.type, nonce: response.nonce })}\n`);
        }
      });
      socket.write(`${JSON.stringify({ type: 'hello', node })}\n`);
    });
    request.on('error', () => {});
    request.end();
    return { pushed, close: () => raw.destroy() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await this.#world[Symbol.asyncDispose]();
    this.clock.stop();
  }
}
