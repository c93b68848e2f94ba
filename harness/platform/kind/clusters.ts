/** kind's clusters: what kind is given, and how it is called. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { Clock } from '../../base/clock.ts';
import type { CleanupStack } from '../../base/dispose.ts';
import { HarnessError } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import { quoteArgv } from '../../base/quote.ts';
import { redact } from '../../base/redact.ts';
import { substitute } from '../../model/argv.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import { runProcess } from '../../process/run.ts';
import type { Ledger } from '../ledger.ts';
import type { Engine } from './engine/engine.ts';
import { RUN_VARIABLE } from './labels.ts';
import { KUBELET_CONFIG } from './registry-config.ts';
import { endPrograms, removeCluster } from './remove.ts';

/** Everything that decides what kind is given. */
export interface ClusterConfig {
  /** Name in kind. */
  readonly name: string;
  readonly spec: ClusterSpec;
  /** With its digest. */
  readonly nodeImage: string;
  /**
   * Fixed addresses that the control plane will have on the transit network: its certificate must name them.
   */
  readonly transitAddresses: readonly string[];
  /** A folder with a `hosts.toml` for each registry, for the nodes' containerd. */
  readonly mirrors?: string;
  /** The node image's containerd does not look into that folder by itself. */
  readonly needsMirrorPatch: boolean;
  /** A file with credentials for registries, for the nodes' kubelets. */
  readonly registryConfig?: string;
}

interface KindConfig {
  nodes: { role: string; image: string; extraMounts?: unknown[] }[];
  containerdConfigPatches?: readonly string[];
}

const template = (file: string): string => readFileSync(join(packageRoot(), 'kind-configs', file), 'utf8');

/** The document that `kind create cluster --config` reads: `kind-configs/cluster.yaml`, filled in. */
export function kindConfig(config: ClusterConfig): string {
  const { name, spec, nodeImage, transitAddresses, mirrors, needsMirrorPatch, registryConfig } = config;
  const names = ['localhost', '127.0.0.1', `${name}-control-plane`, ...transitAddresses];
  const text = substitute(
    template('cluster.yaml'),
    new Map([
      ['CLUSTER', name],
      ['POD_RANGE', spec.podRange],
      ['SERVICE_RANGE', spec.serviceRange],
      ['NODE_IMAGE', nodeImage],
      ['CERTIFICATE_NAMES', JSON.stringify(names)],
    ]),
  );
  const document = load(text) as KindConfig; // our own template
  for (let index = 1; index < spec.nodes; index++) document.nodes.push({ role: 'worker', image: nodeImage });
  const mounts = [
    ...(mirrors === undefined ? [] : [{ hostPath: mirrors, containerPath: '/etc/containerd/certs.d' }]),
    ...(registryConfig === undefined ? [] : [{ hostPath: registryConfig, containerPath: KUBELET_CONFIG }]),
  ].map(mount => ({ ...mount, readOnly: true }));
  if (mounts.length > 0) for (const node of document.nodes) node.extraMounts = mounts;
  if (mirrors !== undefined) {
    if (needsMirrorPatch) Object.assign(document, load(template('registry-mirror.yaml')));
  }
  return dump(document, { lineWidth: -1, noRefs: true });
}

export interface CreateClusterContext {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly cleanUp: CleanupStack;
  readonly runId: string;
  readonly clock: Clock;
  /** Path of the program. */
  readonly kind: string;
  /** Where it is to be put, in Docker. */
  readonly network: string;
  readonly signal: AbortSignal;
  /** Milliseconds; a quarter of an hour by default. */
  readonly createMs?: number;
  readonly onProgress: (message: string) => void;
}

/**
 * kind itself gives up on a node after half a minute and on kubeadm after four; pulling its image can take
 * longer than both.
 */
const CREATE_MS = 15 * 60_000;
const OWNER_ONLY = 0o600;

/** What kind needs to know in its environment; one docker network per process. */
export const kindEnvironment = (
  runId: string,
  network?: string,
): Readonly<Record<string, string | undefined>> => ({
  KIND_EXPERIMENTAL_PROVIDER: 'docker',
  // Makes kind write two lines of warning (pkg/cluster/internal/providers/docker/provider.go @fed2688): what
  // it says is no failure.
  KIND_EXPERIMENTAL_DOCKER_NETWORK: network,
  KIND_CLUSTER_NAME: undefined,
  KUBECONFIG: undefined,
  [RUN_VARIABLE]: runId,
});

/**
 * Nodes of a creation that fails are kept: what went wrong stands in their logs. Their removal is ours, as it
 * is when kind is ended.
 */
export const createArguments = (name: string, config: string, kubeconfig: string): readonly string[] => [
  ...['create', 'cluster', '--retain', '--name', name, '--config', config, '--kubeconfig', kubeconfig],
];

/** All that `kind create cluster` has said; it is written when kind has ended. */
export const creationLog = ({ folder }: Pick<Ledger, 'folder'>, name: string): string =>
  join(folder, 'kind', `${name}.log`);

/**
 * @returns the path of the cluster's kubeconfig, for programs on this machine
 * @throws HarnessError ERR_PLATFORM_NOT_READY with the line to paste and kind's own words; what it made goes
 *   with `cleanUp`
 */
export async function createCluster(config: ClusterConfig, context: CreateClusterContext): Promise<string> {
  const {
    engine,
    ledger,
    cleanUp,
    runId,
    clock,
    kind,
    network,
    signal,
    createMs = CREATE_MS,
    onProgress,
  } = context;
  const { name } = config;
  const folder = join(ledger.folder, 'kind');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.yaml`);
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  writeFileSync(file, kindConfig(config), { mode: OWNER_ONLY });
  ledger.write({ type: 'cluster', name });
  let isSettled = false;
  cleanUp.add(`remove the cluster ${name}`, async () => {
    if (!isSettled) await endPrograms(runId, clock);
    await removeCluster(engine, name, clock, isSettled);
  });
  const args = createArguments(name, file, kubeconfig);
  const env = kindEnvironment(runId, network);
  const result = await runProcess(kind, args, { env, timeoutMs: createMs, signal, onLine: onProgress });
  const said = `${result.stdout}${result.stderr}`;
  writeFileSync(creationLog(ledger, name), redact(said), { mode: OWNER_ONLY });
  signal.throwIfAborted();
  if (result.exitCode === 0 && result.fault === undefined) {
    isSettled = true;
    return kubeconfig;
  }
  const line = `KIND_EXPERIMENTAL_DOCKER_NETWORK=${network} ${quoteArgv([kind, ...args])}`;
  const how =
    result.fault === undefined ? `ended with exit code ${result.exitCode}` : describe(result.fault, createMs);
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    redact(`kind could not create ${config.spec.name}: ${line} ${how}.\n${tail(said)}`),
    { hint: 'mesh-harness doctor --platform kind says what this machine lacks.' },
  );
}

function describe(fault: 'missing-tool' | 'timeout' | 'killed', createMs: number): string {
  if (fault === 'missing-tool') return 'could not be started';
  return fault === 'timeout' ? `did not end within ${createMs / 1000} s` : 'was killed';
}

const LINES = 40;
const tail = (text: string): string => text.trimEnd().split('\n').slice(-LINES).join('\n');
