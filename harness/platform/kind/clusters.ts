/** Calls kind to make a cluster, and reads its answer. */
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { makeFolderSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import type { CleanupStack } from '../../base/dispose.ts';
import { quoteArgv } from '../../base/quote.ts';
import { redact } from '../../base/redact.ts';
import { runProcess } from '../../process/run.ts';
import type { Ledger } from '../ledger.ts';
import { type ClusterConfig, kindConfig } from './cluster-config.ts';
import type { Engine } from './engine/engine.ts';
import type { FailedCreation } from './failed-creation.ts';
import { RUN_VARIABLE } from './labels.ts';
import { noProxyVariables } from './no-proxy.ts';
import { endPrograms, removeCluster } from './remove.ts';

/** The run that a cluster is made for. */
export interface CreateClusterContext {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly cleanUp: CleanupStack;
  readonly runId: string;
  readonly clock: Clock;
  /** Path of the program. */
  readonly kind: string;
  /** The docker network that its nodes are put on. */
  readonly network: string;
  /** What its nodes reach without the user's proxies; absent: there are none. */
  readonly noProxy?: string;
  readonly signal: AbortSignal;
  /** Milliseconds; a quarter of an hour by default. */
  readonly createMs?: number;
  /** Called with each line that kind says. */
  readonly onLine: (line: string) => void;
}

/**
 * kind itself gives up on a node after half a minute and on kubeadm after four; pulling its image can take
 * longer than both.
 */
const CREATE_MS = 15 * 60_000;

/**
 * Returns the environment of kind, with the one docker network of the process.
 * @param noProxy - kind hands it on to the nodes, and adds the cluster's own ranges, its network and its
 *   nodes (pkg/cluster/internal/providers/docker/provision.go @v0.20.0, @v0.33.0: getProxyEnv)
 */
export const kindEnvironment = (
  runId: string,
  network?: string,
  noProxy?: string,
): Readonly<Record<string, string | undefined>> => ({
  KIND_EXPERIMENTAL_PROVIDER: 'docker',
  // Makes kind write two lines of warning (pkg/cluster/internal/providers/docker/provider.go @fed2688): what
  // it says is no failure.
  KIND_EXPERIMENTAL_DOCKER_NETWORK: network,
  KIND_CLUSTER_NAME: undefined,
  KUBECONFIG: undefined,
  ...(noProxy !== undefined && noProxyVariables(noProxy)),
  [RUN_VARIABLE]: runId,
});

/**
 * Returns the arguments that make kind create a cluster. It keeps the nodes of a creation that fails, as
 * their logs say what went wrong; we remove them, as we do after ending kind.
 */
export const createArguments = (name: string, config: string, kubeconfig: string): readonly string[] => [
  ...['create', 'cluster', '--retain', '--name', name, '--config', config, '--kubeconfig', kubeconfig],
];

/**
 * Returns the path of the file with all output of `kind create cluster`; it exists once kind has ended.
 * @param isFirst - that of a try after which there was another
 */
export const creationLog = ({ folder }: Pick<Ledger, 'folder'>, name: string, isFirst = false): string =>
  join(folder, 'kind', `${name}${isFirst ? '.1' : ''}.log`);

/**
 * Has kind create a cluster, which goes with `cleanUp`, even if it is only half made.
 * @returns the path of the cluster's kubeconfig, for programs on this machine, or how it failed; the nodes of
 *   a creation that failed are still there
 */
export async function createCluster(
  config: ClusterConfig,
  context: CreateClusterContext,
): Promise<string | FailedCreation> {
  const { engine, ledger, cleanUp, runId, clock, kind, network, signal, createMs = CREATE_MS } = context;
  const { name } = config;
  const folder = join(ledger.folder, 'kind');
  makeFolderSync(folder, OWNER_ONLY_FOLDER);
  const file = join(folder, `${name}.yaml`);
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  writeFileSync(file, kindConfig(config), { mode: OWNER_ONLY });
  ledger.write({ type: 'cluster', name });
  let isSettled = false;
  const remove = async () => {
    if (!isSettled) await endPrograms(runId, clock);
    await removeCluster(engine, name, clock, isSettled);
  };
  cleanUp.add(`remove the cluster ${name}`, remove, 'clusters');
  const args = createArguments(name, file, kubeconfig);
  const env = kindEnvironment(runId, network, context.noProxy);
  const result = await runProcess(kind, args, { env, timeoutMs: createMs, signal, onLine: context.onLine });
  const said = `${result.stdout}${result.stderr}`;
  writeFileSync(creationLog(ledger, name), redact(said), { mode: OWNER_ONLY });
  signal.throwIfAborted();
  if (result.exitCode === 0 && result.fault === undefined) {
    isSettled = true;
    return kubeconfig;
  }
  return {
    cluster: config.spec.name,
    line: `KIND_EXPERIMENTAL_DOCKER_NETWORK=${network} ${quoteArgv([kind, ...args])}`,
    how:
      result.fault === undefined
        ? `ended with exit code ${result.exitCode}`
        : describe(result.fault, createMs),
    endedByItself: result.fault === undefined,
    said,
  };
}

function describe(fault: 'missing-tool' | 'timeout' | 'killed', createMs: number): string {
  if (fault === 'missing-tool') return 'could not be started';
  return fault === 'timeout' ? `did not end within ${createMs / 1000} s` : 'was killed';
}
