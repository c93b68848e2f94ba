/**
 * A client, two servers and a gateway that run on what a real istiod told such proxies: recorded bytes, in
 * which only addresses of pods are those of this world.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import tls from 'node:tls';
import type { ResourceType } from '../../harness/simulator/istio/xds/resources.ts';
import { typeUrlOf } from '../../harness/simulator/istio/xds/wire/types.ts';
import type { Main } from '../../harness/simulator/program.ts';
import { editMessage, type Opened } from './edit-message.ts';
import type { FakeIstiod, RecordedResources } from './fake-istiod.ts';
import { curl, type Pod, ProxyWorld, SNI } from './proxy-world.ts';
import { type NodeType, readRecording, type Told } from './recording.ts';
import { RUN } from './view-differences.ts';

/** A change of what the proxies of a kind are told of one type: of the resources whose name fits. */
export interface Edit {
  readonly proxy: NodeType;
  readonly type: keyof typeof RUN;
  readonly name: string;
  readonly change: (message: Opened) => void;
}

/** What a client sees, and what istiod hears. */
export interface Observation {
  /** Different answers, sorted: status, and the server's version, client address, attempt and client identity. */
  readonly answers: readonly string[];
  /** Why proxies refused the last push. */
  readonly refusals: readonly string[];
  /** What the local server's TLS agrees to speak with a proxy that offers `istio` and HTTP/1.1. */
  readonly alpn: string;
  /** How many calls the local version answered, of how many. */
  readonly local: { readonly answered: number; readonly of: number };
}

const HOST = 'helloworld.sample.svc.cluster.local';
const OUTBOUND = `outbound|5000||${HOST}`;
/** How long a server takes for an answer. */
const SLOWNESS_MS = 50;
/** Enough for both servers to be seen with the seed of the world. */
const CALLS = 8;

/** Answers with what it sees of the request, as HelloWorld does at its port. */
const server =
  (version: string): Main =>
  async ({ network, clock, signal }) => {
    const own = http.createServer((request, response) => {
      const { 'x-envoy-attempt-count': attempt = 'none', 'x-forwarded-client-cert': client = '' } =
        request.headers;
      const peer = /URI=(\S+)$/.exec(String(client))?.[1] ?? 'nobody';
      clock.setTimeout(
        () => response.end(`${version} from ${request.socket.remoteAddress} attempt ${attempt} of ${peer}`),
        SLOWNESS_MS,
      );
    });
    const listener = network.listen(5000, socket => own.emit('connection', socket));
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    listener.close();
    return 0;
  };

/** Begins TLS as a proxy would; prints what was agreed on before the server asks for a certificate. */
const offer =
  (target: string): Main =>
  async ({ network, stdout }) => {
    const raw = network.connect(target, 5000, { uid: 1337 });
    const socket = tls.connect({
      socket: raw,
      servername: SNI,
      ALPNProtocols: ['istio', 'http/1.1'],
      rejectUnauthorized: false, // the server is not what is asked about
    });
    socket.on('secureConnect', () => {
      stdout(socket.alpnProtocol || 'nothing');
      socket.destroy();
    });
    return await new Promise(resolve => {
      raw.on('error', () => {});
      socket.on('error', () => {});
      socket.on('close', () => resolve(0));
    });
  };

export class RecordedMesh implements AsyncDisposable {
  readonly #world: ProxyWorld;
  readonly #views: ReadonlyMap<NodeType, Told>;
  #pods: { client: Pod; v1: Pod; v2: Pod; gateway: Pod } | undefined;
  #istiod: FakeIstiod | undefined;
  #plain: Pod | undefined;
  #edits: readonly Edit[] = [];
  #observations = 0;
  /** What proxies are told between two changes. */
  readonly #encoded = new Map<NodeType, RecordedResources>();

  private constructor() {
    this.#world = new ProxyWorld({ version: '1.30.3' });
    const { proxies } = readRecording('multi-primary-multi-network');
    this.#views = new Map([...proxies].map(([type, { told }]) => [type, told]));
  }

  static async start(): Promise<RecordedMesh> {
    const mesh = new RecordedMesh();
    const world = mesh.#world;
    const { root } = await world.authority('recorded');
    const istiod = await world.istiod(root, ({ id }) => mesh.#told(id));
    mesh.#istiod = istiod;
    const v1 = await world.proxyPod('helloworld-v1', root.certificatePem, { app: server('v1') });
    const v2 = await world.proxyPod('helloworld-v2', root.certificatePem, { app: server('v2') });
    const gateway = await world.proxyPod('gateway', root.certificatePem, { kind: 'router' });
    const client = await world.proxyPod('curl', root.certificatePem);
    mesh.#pods = { client, v1, v2, gateway };
    world.names.set(HOST, [mesh.serviceAddress]);
    world.names.set(`${HOST}.`, [mesh.serviceAddress]);
    mesh.#encoded.clear();
    istiod.push();
    await world.ready(client, v1, v2, gateway);
    return mesh;
  }

  /** What comes by extension discovery: name → the bytes of a TypedExtensionConfig. */
  discover(extensions: ReadonlyMap<string, Uint8Array>): void {
    if (!this.#istiod) throw new Error('not started');
    this.#istiod.extensions = [...extensions].map(([name, body]) => encodedOf(name, body));
  }

  /** The ClusterIP that the recording has. */
  get serviceAddress(): string {
    const routes = this.#views.get('curl')?.rds.find(({ name }) => name === '5000');
    return /10\.255\.10\.\d+/.exec(Buffer.from(routes?.body ?? []).toString('latin1'))?.[0] ?? '';
  }

  /** Calls the service after a change of what was told; the change is undone by the next one. */
  async observe(edits: readonly Edit[], url = 'http://helloworld.sample:5000/hello'): Promise<Observation> {
    if (!this.#pods || !this.#istiod) throw new Error('not started');
    this.#edits = [...edits, this.#newConnections()];
    this.#encoded.clear();
    const before = this.#istiod.requests.length;
    this.#istiod.push();
    await new Promise<void>(resolve => void this.#world.clock.setTimeout(resolve, 10));
    const { stdout } = await this.#pods.client.exec(
      curl,
      ...[
        'curl',
        '-s',
        '--max-time',
        '15',
        '-H',
        'Connection: close',
        '-w',
        ' %{http_code}\\n',
        `${url}?[1-${CALLS}]`,
      ],
    );
    const refusals = this.#istiod.requests
      .slice(before)
      .flatMap(({ errorDetail }) => errorDetail?.message ?? []);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => line.trim());
    return {
      answers: [...new Set(lines)].sort(),
      refusals: [...new Set(refusals)],
      alpn: (await this.#stranger().exec(offer(this.#pods.v1.network.address), 'offer')).stdout,
      local: { answered: lines.filter(line => line.startsWith('v1 ')).length, of: lines.length },
    };
  }

  /** A pod without a proxy. */
  #stranger(): Pod {
    this.#plain ??= this.#world.plainPod('stranger');
    return this.#plain;
  }

  /** Reads a page of the client's administration. */
  async page(path: string): Promise<string> {
    if (!this.#pods) throw new Error('not started');
    const { stdout } = await this.#pods.client.exec(curl, 'curl', '-s', `http://localhost:15000/${path}`);
    return stdout;
  }

  /** A cluster that is told anew begins with new connections. */
  #newConnections(): Edit {
    const nanos = ++this.#observations * 1_000_000;
    const change = (message: Opened) => {
      if (message.connect_timeout.seconds) message.connect_timeout.nanos = nanos;
    };
    return { proxy: 'curl', type: 'cds', name: OUTBOUND, change };
  }

  #told(id: string): RecordedResources {
    const pod = id.split('~')[2] ?? '';
    const proxy: NodeType = pod.startsWith('curl')
      ? 'curl'
      : pod.startsWith('gateway')
        ? 'gateway'
        : 'helloworld';
    const known = this.#encoded.get(proxy);
    if (known) return known;
    const told = this.#views.get(proxy);
    const edits = [...this.#placement(), ...this.#edits].filter(edit => edit.proxy === proxy);
    const types = Object.entries(RUN).map(([short, type]): [ResourceType, ReturnType<typeof encodedOf>[]] => [
      type,
      (told?.[short as keyof typeof RUN] ?? []).map(({ name, body }) => {
        const own = edits.filter(edit => edit.type === short && edit.name === name);
        const bytes = own.reduce((all, { change }) => editMessage(typeUrlOf(type), all, change), body);
        return encodedOf(name, bytes);
      }),
    ]);
    const encoded = new Map(types);
    this.#encoded.set(proxy, encoded);
    return encoded;
  }

  /** Pods of this world have addresses of their own: v1 is called directly, v2 through the gateway. */
  #placement(): readonly Edit[] {
    const pods = this.#pods;
    if (!pods) return [];
    const at = (local: Pod, remote: Pod | undefined) => (message: Opened) => {
      const endpoints = message.endpoints.flatMap((locality: Opened) => locality.lb_endpoints);
      for (const { endpoint } of endpoints) {
        const socket = endpoint.address.socket_address;
        const isRemote = socket.port_value === 15443;
        socket.address = (isRemote ? remote : local)?.network.address ?? socket.address;
      }
    };
    return [
      { proxy: 'curl', type: 'eds', name: OUTBOUND, change: at(pods.v1, pods.gateway) },
      { proxy: 'gateway', type: 'eds', name: SNI, change: at(pods.v2, undefined) },
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }
}

const encodedOf = (name: string, body: Uint8Array) => ({
  name,
  body,
  version: createHash('sha1').update(body).digest('base64url'),
});
