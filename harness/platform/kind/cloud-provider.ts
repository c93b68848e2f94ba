/**
 * `cloud-provider-kind`: a program of this machine that makes a container with an Envoy for each Service of
 * type LoadBalancer.
 */
import { HarnessError } from '../../base/errors.ts';
import type { Topology } from '../../model/topology.ts';
import { findProgram } from '../../process/find.ts';
import { runProcess } from '../../process/run.ts';
import type { Engine } from './engine/engine.ts';
import { BALANCER_LABEL, KIND_CLUSTER_LABEL, ownName, RUN_VARIABLE } from './labels.ts';
import type { DockerNetworks } from './networks.ts';
import type { RunContext } from './options.ts';

const NAME = 'cloud-provider-kind';
/** It serves until it is ended; a day is longer than any run. */
const SERVES_MS = 86_400_000;
const LINES = 10;

/**
 * Its containers stand on one network (KIND_EXPERIMENTAL_DOCKER_NETWORK; pkg/loadbalancer/server.go @v0.6.0
 * to v0.11.1) and reach nodes by the address that Kubernetes knows, which is the one on the cluster's own
 * network: Docker keeps them from the nodes of any other.
 * @throws HarnessError ERR_USAGE
 */
export function checkCloudProvider({ name, clusters }: Topology): void {
  const networks = new Set(clusters.map(({ network }) => network));
  if (networks.size <= 1) return;
  throw new HarnessError(
    'ERR_USAGE',
    `${NAME} serves clusters on one network, and ${name} has ${networks.size}: ${[...networks].join(', ')}.`,
    { hint: '--load-balancer node-address and metallb work on several.' },
  );
}

/**
 * Starts it, and ends it with `signal`.
 * @param onEnd - told why, should it end before
 * @returns resolves when it has ended
 * @throws HarnessError ERR_PLATFORM_NOT_READY if it is missing, or would also serve clusters that are not of
 *   this run
 */
export async function startCloudProvider(
  context: Pick<RunContext, 'engine' | 'runId' | 'topology' | 'cleanUp'> & {
    readonly options: { readonly path?: string };
  },
  { ofTopology }: DockerNetworks,
  signal: AbortSignal,
  onEnd: (message: string) => void,
): Promise<() => Promise<void>> {
  const { engine, runId, topology, options, cleanUp } = context;
  const file = findProgram(NAME, options.path);
  if (file === undefined) {
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `There is no ${NAME} on PATH.`, {
      hint: 'github.com/kubernetes-sigs/cloud-provider-kind/releases has it; or take --load-balancer node-address, which needs nothing.',
    });
  }
  const own = new Set<string>(topology.clusters.map(({ name }) => ownName(runId, name)));
  const foreign = (await engine.containers(KIND_CLUSTER_LABEL)).map(
    ({ labels }) => labels[KIND_CLUSTER_LABEL] ?? '',
  );
  const others = [...new Set(foreign)].filter(name => !own.has(name));
  if (others.length > 0) {
    throw new HarnessError(
      'ERR_PLATFORM_NOT_READY',
      `${NAME} serves every kind cluster of this machine, and ${others.join(', ')} are not of this run.`,
      { hint: 'Remove them first, or take --load-balancer node-address, which touches nothing else.' },
    );
  }
  // Before it makes the first: its containers are not nodes, and carry the cluster's name in a label of their
  // own.
  cleanUp.add('remove the containers of load balancers', () => removeBalancers(engine, [...own]));
  const [network] = ofTopology.values();
  const said: string[] = [];
  const ended = runProcess(file, [], {
    env: {
      KIND_EXPERIMENTAL_PROVIDER: 'docker',
      KIND_EXPERIMENTAL_DOCKER_NETWORK: network?.name ?? '',
      [RUN_VARIABLE]: runId,
    },
    timeoutMs: SERVES_MS,
    signal,
    onLine: line => void said.splice(0, said.push(line) - LINES),
  }).then(({ exitCode }) => {
    if (!signal.aborted)
      onEnd(`${file} ended with exit code ${exitCode} while the run went on: ${said.join(' · ')}`);
  });
  return () => ended;
}

/**
 * Removes the containers of load balancers.
 * @param clusters - kind's names of them
 */
export async function removeBalancers(engine: Engine, clusters: readonly string[]): Promise<void> {
  for (const name of clusters) {
    const found = await engine.containers(BALANCER_LABEL, name);
    await Promise.all(found.map(({ id }) => engine.removeContainer(id)));
  }
}
