/**
 * A cluster without its API server, for tests of the components: a virtual network, a virtual clock, and a
 * few tiny images.
 */

import http from 'node:http';
import { Writable } from 'node:stream';
import { sleep } from '../../../harness/base/clock.ts';
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { namespaceLifecycle } from '../../../harness/simulator/kubernetes/admission/namespace-lifecycle.ts';
import { serviceAccountAdmission } from '../../../harness/simulator/kubernetes/admission/pod-defaults.ts';
import { ServiceAccountTokens } from '../../../harness/simulator/kubernetes/auth/service-account-tokens.ts';
import { endProcess } from '../../../harness/simulator/kubernetes/client/defect.ts';
import type { Pod } from '../../../harness/simulator/kubernetes/client/kinds.ts';
import { Supervisor } from '../../../harness/simulator/kubernetes/client/supervisor.ts';
import { TypedClient } from '../../../harness/simulator/kubernetes/client/typed.ts';
import { startControlPlane } from '../../../harness/simulator/kubernetes/components.ts';
import type { KubeletApi } from '../../../harness/simulator/kubernetes/kubelet-api.ts';
import { createMachinery, type Machinery } from '../../../harness/simulator/kubernetes/machinery.ts';
import { nodeNames } from '../../../harness/simulator/kubernetes/node/nodes.ts';
import type { AdmissionPlugin } from '../../../harness/simulator/kubernetes/registry/admission.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';
import type { Image, ImageCatalog, Main, ProcessContext } from '../../../harness/simulator/program.ts';

const untilTold = ({ signal }: ProcessContext) =>
  new Promise<number>(resolve => {
    if (signal.aborted) resolve(0);
    else signal.addEventListener('abort', () => resolve(0), { once: true });
  });

/** Answers `hello from <pod>` on $PORT, and 503 on /ready for $READY_AFTER_MS. */
const web: Main = async context => {
  const readyAt = context.clock.now() + Number(context.env['READY_AFTER_MS'] ?? 0);
  const server = http.createServer((request, response) => {
    response.statusCode = request.url === '/ready' && context.clock.now() < readyAt ? 503 : 200;
    response.end(`hello from ${context.hostname}\n`);
  });
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  context.network.listen(Number(context.env['PORT'] ?? 8080), socket => server.emit('connection', socket));
  context.stdout(`listening as ${context.uid}\n`);
  const code = await untilTold(context);
  context.stdout('told to end\n');
  return code;
};

/** `get NAME PORT [PATH]`: prints the body, or the code of the error. */
const get: Main = async ({ argv, network, stdout }) => {
  const [, name = '', port = '', path = '/'] = argv;
  try {
    const [address = ''] = await network.resolve(name);
    await new Promise<void>((resolve, reject) => {
      const request = http.get(
        { createConnection: () => network.connect(address, Number(port)), host: name, path },
        response => {
          response.on('data', (chunk: Buffer) => stdout(chunk.toString()));
          response.on('end', resolve);
        },
      );
      request.on('error', reject);
    });
    return 0;
  } catch (error) {
    stdout(`${(error as NodeJS.ErrnoException).code}\n`);
    return 7;
  }
};

const programs: Record<string, Main> = {
  '/bin/web': web,
  get,
  '/bin/sleep': untilTold,
  '/bin/cat': async ({ argv, files, stdout, stderr }) => {
    try {
      stdout(files.read(argv[1] ?? ''));
      return 0;
    } catch {
      stderr(`cat: ${argv[1]}: No such file or directory\n`);
      return 1;
    }
  },
  '/bin/write': async ({ argv, files }) => {
    files.write(argv[1] ?? '', argv[2] ?? '');
    return 0;
  },
  '/bin/env': async ({ env, stdout }) => {
    for (const name of Object.keys(env).sort()) stdout(`${name}=${env[name]}\n`);
    return 0;
  },
  '/bin/fail': async ({ argv, clock, signal }) => {
    await sleep(clock, Number(argv[2] ?? 0), signal);
    return Number(argv[1] ?? 1);
  },
  '/bin/stubborn': () => new Promise<number>(() => {}),
};

export const images: ImageCatalog = reference => {
  if (!/(^|\/)tiny(:|$)/.test(reference)) return undefined;
  const image: Image = {
    name: 'tiny',
    env: { FROM_IMAGE: 'yes' },
    user: 101,
    entrypoint: ['/bin/web'],
    cmd: [],
    programs,
  };
  return image;
};

export class TestWorld implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly client: TypedClient;
  readonly machinery: Machinery;
  readonly sessions: KubeletApi;
  readonly stop: () => void;

  constructor(options: { readonly nodes?: number; readonly plugins?: readonly AdmissionPlugin[] } = {}) {
    const random = createRandom('test');
    const { clock } = this;
    const virtualNetwork = new VirtualNetwork({
      clock,
      random,
      networks: [{ name: 'n', range: '172.18.0.0/16' }],
    });
    const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.255.0.0/16' };
    const network = virtualNetwork.addCluster({ name: 'c', network: 'n', ...ranges });
    const nodes = nodeNames('c', options.nodes ?? 1).map((name, index) => ({
      name,
      network: network.addNode(name),
      isControlPlane: index === 0,
    }));
    this.machinery = createMachinery({
      clock,
      random,
      serviceRange: ranges.serviceRange,
      minor: 34,
      plugins: ({ store, registry }) => [
        namespaceLifecycle(store, registry),
        serviceAccountAdmission(store, registry, random),
        ...(options.plugins ?? []),
      ],
    });
    const tokens = new ServiceAccountTokens({ clock, random, ...this.machinery });
    const controlPlane = startControlPlane({
      supervisor: new Supervisor(clock, endProcess),
      machinery: this.machinery,
      network,
      nodes,
      podRange: ranges.podRange,
      clock,
      random,
      images,
      tokens,
      caCertificate: 'the root',
      apiPort: 6443,
      version: 'v1.34.3',
    });
    this.client = new TypedClient(this.machinery.client);
    this.sessions = controlPlane.sessions;
    this.stop = () => controlPlane.stop();
    clock.start();
    this.create('namespaces', { metadata: { name: 'sample' } });
  }

  create(resource: string, object: KubernetesObject): void {
    this.client.local.create(resource, object);
  }

  /** Waits until a probe of the API gives something, at each change of time. */
  async until<T>(probe: () => T | undefined, seconds = 600): Promise<T> {
    const deadline = this.clock.now() + seconds * 1000;
    for (;;) {
      const found = probe();
      if (found !== undefined) return found;
      if (this.clock.now() > deadline) throw new Error(`not within ${seconds} s`);
      await sleep(this.clock, 100);
    }
  }

  advance(seconds: number): Promise<void> {
    return sleep(this.clock, seconds * 1000);
  }

  pods(namespace = 'sample'): readonly Pod[] {
    return this.client.list('pods', { namespace });
  }

  async readyPod(prefix: string): Promise<Pod> {
    return await this.until(() =>
      this.pods().find(
        ({ metadata, status }) =>
          metadata.name?.startsWith(prefix) &&
          metadata.deletionTimestamp === undefined &&
          status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
      ),
    );
  }

  async exec(pod: Pod, container: string, ...argv: string[]): Promise<{ output: string; end: unknown }> {
    let output = '';
    const stream = () =>
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          output += chunk.toString();
          done();
        },
      });
    const end = await this.sessions.exec(
      pod as unknown as KubernetesObject,
      container,
      argv,
      { stdout: stream(), stderr: stream(), tty: false },
      new AbortController().signal,
    );
    return { output, end };
  }

  /** Reasons and messages of the events about a kind of object, oldest first. */
  events(kind: string): readonly { reason: string; message: string; count: number }[] {
    return this.client
      .list('events', { namespace: 'sample' })
      .map(
        event =>
          event as unknown as {
            involvedObject: { kind: string };
            reason: string;
            message: string;
            count: number;
            metadata: { resourceVersion: string };
          },
      )
      .filter(({ involvedObject }) => involvedObject.kind === kind)
      .map(({ reason, message, count }) => ({ reason, message, count }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    this.clock.stop();
  }
}

/** A Deployment of the tiny image. */
export function deployment(
  name: string,
  container: Record<string, unknown> = {},
  spec: Record<string, unknown> = {},
): KubernetesObject {
  const { podSpec, ...rest } = spec as { podSpec?: Record<string, unknown> };
  return {
    metadata: { name, namespace: 'sample', labels: { app: name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'tiny:1', ...container }], ...podSpec },
      },
      ...rest,
    },
  };
}

export function service(name: string, spec: Record<string, unknown> = {}): KubernetesObject {
  return {
    metadata: { name, namespace: 'sample' },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  };
}
