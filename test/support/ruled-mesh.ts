/** A mesh to which Istio's rules are applied, one set after the other, and which is then called. */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../harness/base/kubernetes-client.ts';
import type { Plan } from '../../harness/plan/step.ts';
import { topologyOf } from '../plan/scenarios.ts';
import { type InstalledMesh, installedMesh } from './installed-mesh.ts';

/** One call as curl tells of it. */
export interface Called {
  readonly status: number;
  readonly body: string;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** How long a change takes to reach the proxies, and old listeners take to drain, milliseconds. */
const PUSH_MS = 60_000;
const HELLO = 'http://helloworld.sample:5000/hello';
/** What follows each answer, and what tells where it ends. */
const END = '>end\n';
const WRITE_OUT = `\\n<%{http_code} %{time_total}${END.replace('\n', '\\n')}`;
const CLUSTERS = ['cluster1', 'cluster2'];

export class RuledMesh implements AsyncDisposable {
  readonly mesh: InstalledMesh;

  private constructor(mesh: InstalledMesh) {
    this.mesh = mesh;
  }

  /**
   * @param scenario - the name of one of the guide's four
   * @param allowNotSimulated - takes security objects that are not executed
   */
  static async install(
    scenario: string,
    edition = 'current',
    allowNotSimulated = false,
    change?: (plan: Plan) => Plan,
  ): Promise<RuledMesh> {
    const topology = await topologyOf(scenario);
    return new RuledMesh(
      await installedMesh({ ...topology, ...(allowNotSimulated && { allowNotSimulated }) }, edition, change),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mesh[Symbol.asyncDispose]();
  }

  /** Applies objects to both clusters, runs what is given, and takes them away again. */
  async with<T>(objects: readonly KubernetesObject[], run: () => Promise<T>): Promise<T> {
    for (const cluster of CLUSTERS) for (const object of objects) await this.#create(cluster, object);
    await this.mesh.pass(PUSH_MS);
    try {
      return await run();
    } finally {
      for (const cluster of CLUSTERS) for (const object of objects) await this.#remove(cluster, object);
      await this.mesh.pass(PUSH_MS);
    }
  }

  /**
   * Calls from the client of cluster1.
   * @param argv - of curl, without the program; HelloWorld is called if no URL is among them
   */
  async call(...argv: readonly string[]): Promise<Called> {
    const [called] = await this.calls(1, ...argv);
    if (!called) throw new Error('curl told nothing');
    return called;
  }

  /** Calls several times, each on a connection of its own. */
  async calls(times: number, ...argv: readonly string[]): Promise<readonly Called[]> {
    const { clock, client: app } = this.mesh.context;
    const client = this.mesh.client('cluster1');
    const pods = await client.list({ apiVersion: 'v1', plural: 'pods', namespace: 'sample' }, {});
    const pod = pods.items.find(({ metadata }) => metadata.labels?.['app'] === app)?.metadata.name ?? '';
    const urls = Array.from({ length: times }, () => argv.find(word => word.startsWith('http')) ?? HELLO);
    const options = argv.filter(word => !word.startsWith('http'));
    const { stdout } = await client.exec(
      'sample',
      pod,
      app,
      ['curl', '-sS', '-i', '-H', 'Connection: close', '-w', WRITE_OUT, ...options, ...urls],
      { clock, timeoutMs: 60_000 },
    );
    return stdout.split(END).slice(0, -1).map(readCall);
  }

  /**
   * Adds to the mesh's configuration in both clusters, key by key.
   * @param line - YAML
   * @returns what takes it away again
   */
  async changeMesh(line: string): Promise<() => Promise<void>> {
    const path = { apiVersion: 'v1', plural: 'configmaps', namespace: 'istio-system', name: 'istio' };
    const set = async (texts: ReadonlyMap<string, string>): Promise<void> => {
      for (const [cluster, mesh] of texts)
        await this.mesh.client(cluster).patch(path, 'merge', { data: { mesh } });
      await this.mesh.pass(PUSH_MS);
    };
    const before = new Map<string, string>();
    for (const cluster of CLUSTERS) {
      const { data } = (await this.mesh.client(cluster).get(path)) as { data?: Record<string, string> };
      before.set(cluster, data?.['mesh'] ?? '');
    }
    await set(
      new Map(
        [...before].map(([cluster, mesh]) => [cluster, yaml.dump(merged(yaml.load(mesh), yaml.load(line)))]),
      ),
    );
    return async () => await set(before);
  }

  /** Asks the sidecar of cluster1's client for a page of its administration: `clusters`, `certs`. */
  async admin(page: string): Promise<string> {
    const { clock, client: app } = this.mesh.context;
    const client = this.mesh.client('cluster1');
    const pods = await client.list({ apiVersion: 'v1', plural: 'pods', namespace: 'sample' }, {});
    const pod = pods.items.find(({ metadata }) => metadata.labels?.['app'] === app)?.metadata.name ?? '';
    const argv = ['pilot-agent', 'request', 'GET', page];
    return (await client.exec('sample', pod, 'istio-proxy', argv, { clock, timeoutMs: 60_000 })).stdout;
  }

  /** What istiod of cluster1 has logged. */
  async istiodLog(): Promise<string> {
    const client = this.mesh.client('cluster1');
    const pods = await client.list({ apiVersion: 'v1', plural: 'pods', namespace: 'istio-system' }, {});
    const name =
      pods.items.find(({ metadata }) => metadata.labels?.['app'] === 'istiod')?.metadata.name ?? '';
    return await client.logs('istio-system', name, {});
  }

  async #create(cluster: string, object: KubernetesObject): Promise<void> {
    await this.mesh.client(cluster).create(pathOf(object), object);
  }

  async #remove(cluster: string, object: KubernetesObject): Promise<void> {
    await this.mesh.client(cluster).delete({ ...pathOf(object), name: object.metadata.name ?? '' });
  }
}

/** Lays one tree over another. */
function merged(below: unknown, above: unknown): unknown {
  const isTree = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isTree(below) || !isTree(above)) return above;
  const changed = Object.entries(above).map(([key, value]) => [key, merged(below[key], value)]);
  return { ...below, ...Object.fromEntries(changed) };
}

const pathOf = ({ apiVersion = '', kind = '', metadata }: KubernetesObject) => ({
  apiVersion,
  plural: /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1).toLowerCase()}ies` : `${kind.toLowerCase()}s`,
  namespace: metadata.namespace ?? 'sample',
});

function readCall(output: string): Called {
  const [tail = '', status = '0', seconds = '0'] = /\n<(\d+) ([\d.]+)$/.exec(output) ?? [];
  const [head = '', ...rest] = output.slice(0, output.length - tail.length).split('\r\n\r\n');
  const headers = head.split('\r\n').slice(1);
  return {
    status: Number(status),
    seconds: Number(seconds),
    body: rest.join('\r\n\r\n'),
    headers: Object.fromEntries(
      headers.map(line => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
    ),
  };
}
