/** A real API server with its etcd as processes of this machine, and the controllers if they are given. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../harness/base/clock.ts';
import { freePorts } from '../../harness/simulator/bridge/free-ports.ts';
import { Connection } from './api-server/connection.ts';

/** How long it may take to get ready. */
const DEADLINE_MS = 90_000;

/** Paths of the programs; without the last two nothing comes of the objects. */
export interface ControlPlanePrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager?: string;
  readonly scheduler?: string;
}

/** Programs that run, and the administrator's kubeconfig. */
export interface RealControlPlane extends AsyncDisposable {
  readonly kubeconfig: string;
}

/** Starts programs whose output goes to files of the folder. */
class Programs {
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  start(program: string, flags: Readonly<Record<string, string>>): void {
    const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(program, argv, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
    child.on('error', () => {});
    child.stderr.resume();
    this.#children.push(child);
  }

  get hasEnded(): boolean {
    return this.#children.some(({ exitCode, pid }) => exitCode !== null || pid === undefined);
  }

  /** Ends the last first. */
  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
  }
}

function kubeconfigOf(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'real', user: { token } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'real' } }],
    'current-context': 'real',
  });
}

/** Waits until the API server is ready and has its first namespace. */
async function untilReady(kubeconfig: string, programs: Programs): Promise<void> {
  const deadline = systemClock.now() + DEADLINE_MS;
  while (!(await isReady(kubeconfig))) {
    if (programs.hasEnded || systemClock.now() > deadline) {
      await programs.stop();
      throw new Error('The real API server does not get ready.');
    }
    await sleep(300);
  }
}

async function isReady(kubeconfig: string): Promise<boolean> {
  const connection = new Connection(kubeconfig);
  const request = { method: 'GET', headers: {}, identity: 'admin' } as const;
  const { code } = await connection.send({ ...request, path: '/api/v1/namespaces/default' });
  connection.close();
  return code === 200;
}

/** Starts them on loopback; nothing is left in the folder that anyone needs. */
export async function startRealApiServer(
  { etcd, apiServer, controllerManager, scheduler }: ControlPlanePrograms,
  folder: string,
): Promise<RealControlPlane> {
  const [port, store, peer, managerPort, schedulerPort] = await freePorts(5);
  const token = randomBytes(16).toString('hex');
  const inFolder = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const tokens = inFolder('tokens.csv', `${token},kubernetes-admin,admin,"system:masters"\n`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = inFolder('sa.key', String(privateKey.export({ type: 'pkcs1', format: 'pem' })));
  const programs = new Programs(folder);
  const client = `http://127.0.0.1:${store}`;
  const other = `http://127.0.0.1:${peer}`;
  programs.start(etcd, {
    'data-dir': path.join(folder, 'etcd'),
    ...{ 'listen-client-urls': client, 'advertise-client-urls': client },
    ...{ 'listen-peer-urls': other, 'initial-advertise-peer-urls': other },
    'initial-cluster': `default=${other}`,
    'unsafe-no-fsync': 'true',
  });
  programs.start(apiServer, {
    'etcd-servers': client,
    'secure-port': String(port),
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'lease',
    'cert-dir': path.join(folder, 'certificates'),
    'token-auth-file': tokens,
    'service-account-key-file': key,
    'service-account-signing-key-file': key,
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'service-cluster-ip-range': '10.96.0.0/16',
    'allow-privileged': 'true',
  });
  const kubeconfig = kubeconfigOf(`https://127.0.0.1:${port}`, token);
  await untilReady(kubeconfig, programs);
  const own = inFolder('kubeconfig', kubeconfig);
  const common = { kubeconfig: own, 'leader-elect': 'false', 'bind-address': '127.0.0.1' };
  if (controllerManager !== undefined)
    programs.start(controllerManager, {
      ...common,
      'secure-port': String(managerPort),
      'service-account-private-key-file': key,
      'root-ca-file': path.join(folder, 'certificates', 'apiserver.crt'),
      'use-service-account-credentials': 'true',
    });
  if (scheduler !== undefined) programs.start(scheduler, { ...common, 'secure-port': String(schedulerPort) });
  return { kubeconfig, [Symbol.asyncDispose]: () => programs.stop() };
}
