/** Our istiod on two simulated API servers without anything else: what it tells proxies of the mesh. */
import { createRootCa } from '../../../harness/base/certificates.ts';
import { sleep } from '../../../harness/base/clock.ts';
import { controllerForMany } from '../../../harness/base/deadline.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { renderInstall } from '../../../harness/simulator/istio/install/render.ts';
import { ControlPlane } from '../../../harness/simulator/istio/istiod/control-plane.ts';
import { readProxyNode } from '../../../harness/simulator/istio/istiod/mesh/proxy-node.ts';
import { readIstiodSettings } from '../../../harness/simulator/istio/istiod/model/settings.ts';
import { createLog } from '../../../harness/simulator/istio/log.ts';
import type { Edition } from '../../../harness/simulator/istio/registry/names.ts';
import type { ResourceType } from '../../../harness/simulator/istio/xds/resources.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';
import type { ProcessContext } from '../../../harness/simulator/program.ts';
import { createWorld, type World } from '../../../harness/simulator/world.ts';
import type { TypeName, Views } from './answers.ts';
import { create, remoteSecret, remove, setMesh } from './apply.ts';
import type { RuleCase } from './corpus.ts';
import { CLUSTERS, forEdition, MARKER, MESH_CONFIG, nodeOf, objectsOf, PROXIES } from './mesh.ts';

const VERSIONS: Readonly<Record<Edition, string>> = { '1.8': '1.8.0', current: '1.30.3' };
/** Until changes have come by the watches, and have been gathered. */
const PUSH_MS = 1000;
const RESOURCES = {
  cds: 'cluster',
  eds: 'endpoint',
  lds: 'listener',
  rds: 'route',
} as const satisfies Record<TypeName, ResourceType>;

const NO_FILES: ProcessContext['files'] = {
  read: path => {
    throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
  },
  exists: () => false,
  list: () => [],
  write: () => {},
};

export class OurIstiod implements AsyncDisposable {
  readonly #edition: Edition;
  readonly #world: World;
  readonly #clock: VirtualClock;
  readonly #clients: readonly KubernetesClient[];
  readonly #plane: ControlPlane;
  readonly #ending: AbortController;
  readonly #said: string[];

  private constructor(parts: {
    readonly edition: Edition;
    readonly world: World;
    readonly clock: VirtualClock;
    readonly clients: readonly KubernetesClient[];
    readonly plane: ControlPlane;
    readonly ending: AbortController;
    readonly said: string[];
  }) {
    this.#edition = parts.edition;
    this.#world = parts.world;
    this.#clock = parts.clock;
    this.#clients = parts.clients;
    this.#plane = parts.plane;
    this.#ending = parts.ending;
    this.#said = parts.said;
  }

  static async start(edition: Edition): Promise<OurIstiod> {
    const clock = new VirtualClock();
    clock.start();
    const world = await createWorld({
      seed: 'rules',
      clock,
      apiOnly: true,
      edition,
      networks: CLUSTERS.map((name, at) => ({ name, range: `172.${18 + at}.0.0/16` })),
      clusters: CLUSTERS.map((name, at) => ({
        name,
        network: name,
        podRange: `10.${at + 1}0.0.0/16`,
        serviceRange: at === 0 ? '10.96.0.0/17' : '10.96.128.0/17',
        nodes: 1,
      })),
    });
    const kubeconfigOf = (name: string) => world.clusters.get(name)?.kubeconfig() ?? '';
    const clients = CLUSTERS.map(
      name =>
        new KubernetesClient(kubeconfigOf(name), { dial: (host, port) => world.machine.connect(host, port) }),
    );
    const [first] = clients;
    if (!first) throw new Error('no cluster');
    const definitions = renderInstall([], { version: VERSIONS[edition] })
      .components.flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === 'CustomResourceDefinition');
    for (const definition of definitions) await create(first, definition);
    for (const [at, name] of CLUSTERS.entries())
      for (const object of forEdition(edition, objectsOf(name))) await create(clients[at] ?? first, object);
    await setMesh(first, MESH_CONFIG);
    await create(first, remoteSecret('cluster2', kubeconfigOf('cluster2')));
    const ending = controllerForMany(); // each request under way listens
    const said: string[] = [];
    const plane = await startPlane(world, clock, first, { signal: ending.signal, said, edition });
    return new OurIstiod({ edition, world, clock, clients, plane, ending, said });
  }

  /** What it has logged. */
  get log(): readonly string[] {
    return this.#said;
  }

  /** What the proxies have with the rules of a case, which are taken away again. */
  async viewsWith({ objects, remote, mesh }: RuleCase): Promise<Views> {
    const [client, other] = this.#clients;
    if (!client || !other) throw new Error('no cluster');
    if (mesh !== '') await setMesh(client, `${MESH_CONFIG}${mesh}`);
    const [own, far] = [forEdition(this.#edition, objects), forEdition(this.#edition, remote)];
    for (const object of own) await create(client, object);
    for (const object of far) await create(other, object);
    const views = await this.views();
    for (const object of own) await remove(client, object);
    for (const object of far) await remove(other, object);
    if (mesh !== '') await setMesh(client, MESH_CONFIG);
    return views;
  }

  /** What the proxies have now. */
  async views(): Promise<Views> {
    await sleep(this.#clock, PUSH_MS);
    const { resources } = this.#plane;
    return new Map(
      PROXIES.map(proxy => {
        const node = readProxyNode(nodeOf(proxy, this.#edition));
        const all = Object.entries(RESOURCES).flatMap(([short, type]) =>
          resources
            .of(type, node)
            .filter(({ name }) => !name.includes(MARKER))
            .map(({ name, body }): [string, Uint8Array] => [`${short} ${name}`, body]),
        );
        return [proxy, new Map(all)];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#plane.close();
    for (const client of this.#clients) client.close();
    await this.#world[Symbol.asyncDispose]();
    this.#clock.stop();
  }
}

/** Starts an istiod without a pod, at the machine outside of the clusters. */
async function startPlane(
  world: World,
  clock: VirtualClock,
  client: KubernetesClient,
  {
    signal,
    said,
    edition,
  }: { readonly signal: AbortSignal; readonly said: string[]; readonly edition: Edition },
): Promise<ControlPlane> {
  const context: ProcessContext = {
    argv: ['pilot-discovery', 'discovery'],
    env: { ISTIO_VERSION: VERSIONS[edition], CLUSTER_ID: 'cluster1', POD_NAMESPACE: 'istio-system' },
    uid: 1337,
    hostname: 'istiod',
    files: NO_FILES,
    network: world.machine,
    clock,
    random: createRandom('rules'),
    stdout: text => void said.push(text),
    stderr: text => void said.push(text),
    signal,
  };
  const authority = await createRootCa({
    commonName: 'root',
    notBeforeMs: clock.now(),
    notAfterMs: clock.now() + 1e11,
  });
  const plane = new ControlPlane({
    context,
    settings: readIstiodSettings(context),
    client: () => client,
    authority,
    log: createLog(clock, text => void said.push(text)),
  });
  await plane.ready();
  return plane;
}
