/** Pods with sidecars, gateways and a fake istiod on a virtual network, for tests of the proxy alone. */

import type { Authority } from '../../harness/base/authority.ts';
import { createIntermediateCa, createRootCa } from '../../harness/base/certificates.ts';
import { createRandom, type Random } from '../../harness/base/random.ts';
import { CURL_OF_2020, createCurl } from '../../harness/simulator/images/curl/curl.ts';
import { helloWorldImages } from '../../harness/simulator/images/hello-world.ts';
import { pilotAgent } from '../../harness/simulator/istio/agent/agent.ts';
import { istioIptables } from '../../harness/simulator/istio/agent/iptables.ts';
import { behaviourOf } from '../../harness/simulator/istio/releases.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  LbEndpoint,
  Listener,
} from '../../harness/simulator/istio/xds/resources.ts';
import type { RetryPolicy } from '../../harness/simulator/istio/xds/retry-policy.ts';
import type { RouteConfiguration } from '../../harness/simulator/istio/xds/routes.ts';
import { answerQuery } from '../../harness/simulator/network/dns.ts';
import type { ClusterNetwork, NetworkNamespace } from '../../harness/simulator/network/interfaces.ts';
import { VirtualClock } from '../../harness/simulator/network/virtual-clock.ts';
import { VirtualNetwork } from '../../harness/simulator/network/virtual-network.ts';
import type { ContainerFiles, Main, ProcessContext } from '../../harness/simulator/program.ts';
import { FakeIstiod, type ProxyResources, type RecordedResources } from './fake-istiod.ts';

const HOST = 'helloworld.sample.svc.cluster.local';
export const SERVICE_IP = '10.255.10.7';
export const OUTBOUND = `outbound|5000||${HOST}`;
export const SNI = `outbound_.5000_._.${HOST}`;
const DEFAULT_ACCOUNT = 'spiffe://cluster.local/ns/sample/sa/default';

export interface Pod {
  readonly name: string;
  readonly network: NetworkNamespace;
  readonly output: string[];
  /** Runs a program in the pod. */
  exec(main: Main, ...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Ends its programs. */
  stop(): void;
}

export interface ProxyPodOptions {
  readonly kind?: 'sidecar' | 'router';
  readonly app?: Main;
  readonly env?: Record<string, string>;
  /** Which istiod's root it was given; the world's own by default. */
  readonly rootPem?: string;
  readonly cluster?: 'cluster1' | 'cluster2';
}

/** A world with cluster1 on network1 and cluster2 on network2, whose pods cannot reach each other. */
export class ProxyWorld implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: VirtualNetwork;
  readonly clusters: Record<'cluster1' | 'cluster2', ClusterNetwork>;
  readonly version: string;
  /** Name → addresses, for every pod's resolver. */
  readonly names = new Map<string, readonly string[]>();
  readonly #pods: Pod[] = [];
  readonly #running: Promise<unknown>[] = [];
  readonly #nameserver: string;

  constructor(options: { readonly seed?: string; readonly version?: string } = {}) {
    this.version = options.version ?? '1.8.0';
    this.random = createRandom(options.seed ?? 'proxy');
    this.network = new VirtualNetwork({
      clock: this.clock,
      random: this.random.stream('network'),
      networks: [
        { name: 'network1', range: '172.18.0.0/16' },
        { name: 'network2', range: '172.19.0.0/16' },
      ],
    });
    this.clusters = {
      cluster1: this.network.addCluster({
        name: 'cluster1',
        network: 'network1',
        podRange: '10.10.0.0/16',
        serviceRange: '10.255.10.0/24',
      }),
      cluster2: this.network.addCluster({
        name: 'cluster2',
        network: 'network2',
        podRange: '10.20.0.0/16',
        serviceRange: '10.255.20.0/24',
      }),
    };
    const node = this.clusters.cluster1.addNode('node1');
    this.clusters.cluster2.addNode('node2');
    node.listenDatagram(53, query => answerQuery(query, name => this.names.get(name)));
    this.#nameserver = node.address;
    this.clock.start();
  }

  /** A root and an intermediate below it. */
  async authority(name: string): Promise<{ readonly root: Authority; readonly intermediate: Authority }> {
    const validity = {
      notBeforeMs: this.clock.now() - 86_400_000,
      notAfterMs: this.clock.now() + 3650 * 86_400_000,
    };
    const root = await createRootCa({ commonName: `Root ${name}`, ...validity });
    const intermediate = await createIntermediateCa(root, {
      commonName: `Intermediate ${name}`,
      ...validity,
    });
    return { root, intermediate };
  }

  /** An istiod in cluster1's node, known as `istiod.istio-system.svc` unless told otherwise. */
  async istiod(
    authority: Authority,
    configure: (node: { readonly id: string }) => ProxyResources | RecordedResources,
    name = 'istiod.istio-system.svc',
  ): Promise<FakeIstiod> {
    const istiod = new FakeIstiod(this.clock, authority, configure);
    const machine = this.clusters.cluster1.addNode(`${name}-node`);
    await istiod.listen(machine, 15012, [name]);
    this.names.set(name, [machine.address]);
    return istiod;
  }

  /** A pod with nothing but an application. */
  plainPod(name: string, app?: Main, cluster: 'cluster1' | 'cluster2' = 'cluster1'): Pod {
    const network = this.clusters[cluster].addPod(name, cluster === 'cluster1' ? 'node1' : 'node2');
    network.setResolver({
      nameserver: this.#nameserver,
      search: ['sample.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
    });
    const ending = new AbortController();
    const output: string[] = [];
    const run = (
      main: Main,
      argv: readonly string[],
      how: Partial<ProcessContext> & { files?: ContainerFiles } = {},
    ): Promise<number> =>
      main({
        argv,
        env: { HOSTNAME: name },
        uid: 0,
        hostname: name,
        files: filesOf({}),
        network,
        clock: this.clock,
        random: this.random.stream(`${name}/${argv.join(' ')}`),
        stdout: text => output.push(text),
        stderr: text => output.push(text),
        signal: ending.signal,
        ...how,
      });
    if (app)
      this.#running.push(run(app, ['app'], { env: { SERVICE_VERSION: name.slice(-2), HOSTNAME: name } }));
    const pod: Pod = {
      name,
      network,
      output,
      exec: async (main, ...argv) => {
        const stdout: string[] = [];
        const stderr: string[] = [];
        const exitCode = await run(main, argv, {
          stdout: text => stdout.push(text),
          stderr: text => stderr.push(text),
        });
        return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
      },
      stop: () => ending.abort(),
    };
    this.#pods.push(pod);
    this.#contexts.set(pod, run);
    return pod;
  }

  readonly #contexts = new Map<
    Pod,
    (main: Main, argv: readonly string[], how?: Partial<ProcessContext>) => Promise<number>
  >();

  /** A pod with a sidecar, or a gateway. */
  async proxyPod(name: string, rootPem: string, options: ProxyPodOptions = {}): Promise<Pod> {
    const { kind = 'sidecar', app, env = {}, cluster = 'cluster1' } = options;
    const pod = this.plainPod(name, app, cluster);
    const run = this.#contexts.get(pod);
    if (!run) throw new Error('no such pod');
    if (kind === 'sidecar') {
      const flags = '-p 15001 -z 15006 -u 1337 -m REDIRECT -i * -b * -d 15090,15021,15020'.split(' ');
      await run(istioIptables, ['istio-iptables', ...flags, '-x', '']);
    }
    const proxy = run(
      pilotAgent,
      ['pilot-agent', 'proxy', kind, '--domain', 'sample.svc.cluster.local', '--concurrency', '2'],
      {
        uid: 1337,
        env: {
          ISTIO_VERSION: this.version,
          POD_NAME: name,
          POD_NAMESPACE: 'sample',
          INSTANCE_IP: pod.network.address,
          SERVICE_ACCOUNT: name.startsWith('helloworld') || name === 'echo' ? 'default' : 'sleep',
          ISTIO_META_CLUSTER_ID: cluster,
          ISTIO_META_NETWORK: 'network1',
          ...env,
        },
        files: filesOf({
          '/var/run/secrets/tokens/istio-token': 'token-of-the-pod\n',
          '/var/run/secrets/istio/root-cert.pem': rootPem,
          '/etc/istio/pod/labels': 'app="helloworld"\nversion="v1"\n',
          '/etc/istio/pod/annotations':
            'sidecar.istio.io/statsInclusionPrefixes="cluster.outbound,listener"\n',
        }),
      },
    );
    this.#running.push(proxy);
    return pod;
  }

  /** Waits until the proxy says that it is ready. */
  async ready(...pods: readonly Pod[]): Promise<void> {
    for (const pod of pods) {
      for (let tries = 0; ; tries++) {
        const { stdout } = await pod.exec(
          curl,
          'curl',
          '-s',
          '-w',
          '%{http_code}',
          'http://127.0.0.1:15021/healthz/ready',
        );
        if (stdout.endsWith('200')) break;
        if (tries > 100) throw new Error(`${pod.name} does not get ready:\n${pod.output.join('')}`);
        await new Promise<void>(resolve => {
          this.clock.setTimeout(resolve, 100);
        });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pod of this.#pods) pod.stop();
    await Promise.all(this.#running);
    for (const pod of this.#pods) pod.network.destroy();
    this.clock.stop();
  }
}

export const curl: Main = createCurl(CURL_OF_2020);
export const helloWorld: Main =
  helloWorldImages[0]?.programs['/opt/microservices/helloworld'] ?? (async () => 1);

/**
 * Calls helloworld so many times, each on a connection of its own.
 * @returns bodies, without line breaks, and status codes
 */
export async function callHello(pod: Pod, times: number): Promise<{ status: string; body: string }[]> {
  const { stdout, stderr } = await pod.exec(
    curl,
    'curl',
    '-sS',
    '-H',
    'Connection: close',
    '-w',
    ' %{http_code}\\n',
    `http://helloworld.sample:5000/hello?[1-${times}]`,
  );
  if (stderr !== '') throw new Error(stderr);
  return stdout
    .trim()
    .replaceAll('\n ', ' ')
    .split('\n')
    .map(line => ({ status: line.slice(-3), body: line.slice(0, -4) }));
}

function filesOf(files: Record<string, string>): ContainerFiles {
  return {
    read: path => {
      const content = files[path];
      if (content === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return content;
    },
    exists: path => path in files,
    list: () => [],
    write: () => {},
  };
}

// ---- what istiod would push, for the service helloworld:5000

/** @param retryPolicy - of the route; the release's by default */
export function outboundResources(
  version: string,
  endpoints: readonly LbEndpoint[],
  retryPolicy: RetryPolicy = behaviourOf(version).retryPolicy,
): ProxyResources {
  const behaviour = behaviourOf(version);
  const cluster: Cluster = {
    name: OUTBOUND,
    type: 'EDS',
    lbPolicy: behaviour.lbPolicy,
    connectTimeoutMs: behaviour.connectTimeoutMs,
    transportSocketMatches: [
      {
        name: 'tlsMode-istio',
        match: { tlsMode: 'istio' },
        tls: {
          sni: SNI,
          alpn: ['istio-http/1.1', 'istio', 'http/1.1'],
          matchSubjectAltNames: [DEFAULT_ACCOUNT],
        },
      },
      { name: 'tlsMode-disabled', match: {} },
    ],
  };
  const assignment: ClusterLoadAssignment = { clusterName: OUTBOUND, endpoints };
  const routes: RouteConfiguration = {
    name: '5000',
    virtualHosts: [
      {
        name: `${HOST}:5000`,
        tellsAttempts: true,
        domains: [
          HOST,
          `${HOST}:5000`,
          'helloworld.sample',
          'helloworld.sample:5000',
          SERVICE_IP,
          `${SERVICE_IP}:5000`,
        ],
        routes: [{ match: { prefix: '/' }, cluster: OUTBOUND, timeoutMs: 0, retryPolicy }],
      },
      {
        name: 'allow_any',
        domains: ['*'],
        routes: [{ match: { prefix: '/' }, cluster: 'PassthroughCluster', timeoutMs: 0 }],
      },
    ],
  };
  const listeners: Listener[] = [
    {
      name: 'virtualOutbound',
      address: '0.0.0.0',
      port: 15001,
      bindToPort: true,
      useOriginalDst: true,
      filterChains: [
        { filter: { type: 'tcp_proxy', cluster: 'PassthroughCluster', statPrefix: 'PassthroughCluster' } },
      ],
    },
    {
      name: '0.0.0.0_5000',
      address: '0.0.0.0',
      port: 5000,
      bindToPort: false,
      filterChains: [
        { filter: { type: 'http_connection_manager', rds: '5000', statPrefix: 'outbound_0.0.0.0_5000' } },
      ],
    },
  ];
  return {
    cluster: [cluster, PASSTHROUGH, BLACK_HOLE],
    endpoint: [assignment],
    listener: listeners,
    route: [routes],
  };
}

const PASSTHROUGH: Cluster = {
  name: 'PassthroughCluster',
  type: 'ORIGINAL_DST',
  lbPolicy: 'CLUSTER_PROVIDED',
  connectTimeoutMs: 10_000,
};
const BLACK_HOLE: Cluster = {
  name: 'BlackHoleCluster',
  type: 'STATIC',
  lbPolicy: 'ROUND_ROBIN',
  connectTimeoutMs: 10_000,
};

/** The server's side: mTLS and plaintext to the application at port 5000. */
export function inboundResources(): ProxyResources {
  const filter = {
    type: 'http_connection_manager',
    statPrefix: 'inbound_0.0.0.0_5000',
    forwardsClientCertificate: true,
    routeConfig: {
      name: 'inbound|5000||',
      virtualHosts: [
        {
          name: 'inbound|http|5000',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, cluster: 'inbound|5000||', timeoutMs: 0 }],
        },
      ],
    },
  } as const;
  return {
    cluster: [
      {
        name: 'inbound|5000||',
        type: 'STATIC',
        lbPolicy: 'ROUND_ROBIN',
        connectTimeoutMs: 10_000,
        loadAssignment: {
          clusterName: 'inbound|5000||',
          endpoints: [{ address: '127.0.0.1', port: 5000, weight: 1, tlsMode: 'disabled' }],
        },
      },
      PASSTHROUGH,
      BLACK_HOLE,
    ],
    endpoint: [],
    listener: [
      {
        name: 'virtualInbound',
        address: '0.0.0.0',
        port: 15006,
        bindToPort: true,
        tlsInspector: true,
        filterChains: [
          {
            match: {
              destinationPort: 5000,
              transportProtocol: 'tls',
              applicationProtocols: ['istio-http/1.1', 'istio'],
            },
            downstreamTls: { alpn: ['h2', 'http/1.1', 'istio', 'istio-http/1.1'] },
            filter,
          },
          { match: { destinationPort: 5000, transportProtocol: 'raw_buffer' }, filter },
          {
            filter: {
              type: 'tcp_proxy',
              cluster: 'PassthroughCluster',
              statPrefix: 'InboundPassthroughCluster',
            },
          },
        ],
      },
    ],
    route: [],
  };
}

/** An east-west gateway that passes on by SNI. */
export function gatewayResources(endpoints: readonly LbEndpoint[]): ProxyResources {
  return {
    cluster: [{ name: SNI, type: 'EDS', lbPolicy: 'ROUND_ROBIN', connectTimeoutMs: 10_000 }, BLACK_HOLE],
    endpoint: [{ clusterName: SNI, endpoints }],
    listener: [
      {
        name: '0.0.0.0_15443',
        address: '0.0.0.0',
        port: 15443,
        bindToPort: true,
        tlsInspector: true,
        filterChains: [
          {
            match: { serverNames: ['*.local'] },
            filter: {
              type: 'sni_cluster_tcp_proxy',
              fallbackCluster: 'BlackHoleCluster',
              statPrefix: 'BlackHoleCluster',
            },
          },
        ],
      },
    ],
    route: [],
  };
}
