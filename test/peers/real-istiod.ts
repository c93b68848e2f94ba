/** A real istiod as a process of this machine, beside the simulated one of a world of `up`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import yaml from 'js-yaml';
import { freePorts } from '../../harness/simulator/bridge/free-ports.ts';

/** How long it may take to get ready. */
const DEADLINE_MS = 60_000;

/** The cluster whose istiod it is. */
export interface Place {
  readonly kubeconfig: string;
  readonly cluster: string;
  /** Those that it has remote secrets of. */
  readonly remotes: readonly string[];
}

/** What of a kubeconfig is read here. */
interface Kubeconfig {
  clusters: { name: string; cluster: object }[];
  users: { name: string; user: object }[];
}

/** A kubeconfig of one cluster, without the notes of mesh-harness. */
function kubeconfigOf(file: string, cluster: string): string {
  // A cast: `up` has written it.
  const { clusters, users } = yaml.load(readFileSync(file, 'utf8')) as Kubeconfig;
  const named = <T extends { name: string }>(list: readonly T[]) =>
    list.filter(({ name }) => name === cluster);
  return yaml.dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named(clusters),
    users: named(users),
    contexts: [{ name: cluster, context: { cluster, user: cluster } }],
    'current-context': cluster,
  });
}

function kubectl(kubeconfig: string, argv: readonly string[]): void {
  const { status, stderr } = spawnSync('kubectl', ['--kubeconfig', kubeconfig, ...argv], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`kubectl: ${stderr}`);
}

/**
 * Gives the remote secrets of a cluster addresses of loopback: a real program may not dial what is an address
 * of the virtual network. The simulated istiod loses its remote clusters by that.
 */
export function leadRemoteSecretsToLoopback({ kubeconfig, cluster, remotes }: Place): void {
  for (const remote of remotes) {
    const patch = JSON.stringify({ stringData: { [remote]: kubeconfigOf(kubeconfig, remote) } });
    const secret = `secret/istio-remote-secret-${remote}`;
    kubectl(kubeconfig, ['--context', cluster, '-n', 'istio-system', 'patch', secret, '-p', patch]);
  }
}

/**
 * Starts it for one cluster; it does not inject, and waits until it has synced with all clusters.
 * @param folder - of its own; it finds no file in it, so everything comes from the API server
 * @returns its port of discovery in clear, and a function that ends it
 */
export async function startIstiod(
  program: string,
  place: Place,
  folder: string,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  mkdirSync(folder, { recursive: true });
  leadRemoteSecretsToLoopback(place);
  const kubeconfig = kubeconfigOf(place.kubeconfig, place.cluster);
  return await runIstiod(program, { kubeconfig, cluster: place.cluster, folder });
}

/**
 * Runs it until it is ready.
 * @param kubeconfig - the text
 * @param env - variables beside those that it needs
 * @param flags - for one that knows others; 1.8 waits for nobody at its end
 * @returns as `startIstiod`
 */
export async function runIstiod(
  program: string,
  {
    kubeconfig,
    cluster,
    folder,
    env = {},
    flags = ['--shutdownDuration=1s'],
  }: {
    readonly kubeconfig: string;
    readonly cluster: string;
    readonly folder: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly flags?: readonly string[];
  },
): Promise<{ readonly port: number; readonly webhookPort: number; stop(): Promise<void> }> {
  const own = path.join(folder, 'kubeconfig');
  writeFileSync(own, kubeconfig, { mode: 0o600 });
  const ports = await freePorts(6);
  const [port, http, webhookPort] = ports;
  const addresses = ['grpcAddr', 'httpAddr', 'httpsAddr', 'secureGRPCAddr', 'monitoringAddr'];
  const argv = addresses.map((flag, at) => `--${flag}=127.0.0.1:${ports[at]}`);
  const child: ChildProcess = spawn(
    program,
    [
      'discovery',
      ...argv,
      `--ctrlz_port=${ports[5]}`,
      `--kubeconfig=${own}`,
      `--clusterID=${cluster}`,
      ...flags,
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        POD_NAMESPACE: 'istio-system',
        POD_NAME: 'istiod-peer',
        REVISION: 'default',
        INJECT_ENABLED: 'false',
        VALIDATION_WEBHOOK_CONFIG_NAME: '',
        PILOT_CERT_PROVIDER: 'istiod',
        CLUSTER_ID: cluster,
        GOMAXPROCS: '1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-20_000)));
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const isReady = await fetch(`http://127.0.0.1:${http}/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) return { port: port ?? 0, webhookPort: webhookPort ?? 0, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`istiod does not get ready:\n${log}`);
    }
    await sleep(200);
  }
}
