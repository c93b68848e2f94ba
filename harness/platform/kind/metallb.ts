/**
 * `metallb`: its controller and speakers in every cluster, with a part of the network's addresses for each.
 * Its images are two more.
 */
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { existsSync } from '../../base/disk/disk.ts';
import { HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import { redact } from '../../base/redact.ts';
import { causesIn, shortOutput } from '../../base/telling-lines.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import { fetchFile } from '../../process/fetch.ts';
import { type ProcessResult, runProcess } from '../../process/run.ts';
import { NotFetchedError } from '../not-fetched.ts';
import type { ProgramOptions } from '../programs.ts';
import type { DockerNetworks } from './networks.ts';
import type { RunContext } from './options.ts';

/**
 * The manifest of a release, by the commit that its tag names (metallb/metallb v0.15.3): a tag can be moved,
 * this cannot.
 */
export const METALLB = {
  version: 'v0.15.3',
  commit: '85bfb4f0e0d35090c514e1e5e1a21a8bbd253518',
  sha256: '84b4e102f2b65f5d69085f5816c29362b74641873d8ac3de996e5f86a8219176',
} as const;

const NAMESPACE = 'metallb-system';
const READY = '300s';
const COMMAND_MS = 6 * 60_000;
/** The webhook that judges pools answers a moment after its pod is ready. */
const WEBHOOK_MS = 60_000;
const WEBHOOK_POLL_MS = 1000;

/**
 * Fetches the manifest, once.
 * @returns its path
 */
export async function metalLbManifest({
  cache,
  mirror,
  offline,
  signal,
  onProgress,
}: ProgramOptions): Promise<string> {
  const { version, commit, sha256 } = METALLB;
  const file = join(cache, 'metallb', version, 'metallb-native.yaml');
  if (existsSync(file)) return file;
  if (offline) {
    throw new NotFetchedError(
      `There is no manifest of MetalLB ${version} in the cache`,
      'Run once without --offline, or take --load-balancer node-address, which needs nothing.',
    );
  }
  onProgress?.(`fetching MetalLB ${version}`);
  const base = mirror?.replace(/\/+$/, '');
  const url =
    base === undefined
      ? `https://raw.githubusercontent.com/metallb/metallb/${commit}/config/manifests/metallb-native.yaml`
      : `${base}/metallb/${version}/metallb-native.yaml`;
  await fetchFile({ url, sha256, file, isProgram: false, signal, ...(onProgress && { onProgress }) });
  return file;
}

/**
 * Divides slices: clusters that share a network share its slice, and each gets a part of its own.
 * @returns cluster → `first-last`
 */
export function poolsOf(
  clusters: readonly { readonly name: ClusterName; readonly network: string }[],
  { ofTopology, transit }: DockerNetworks,
): ReadonlyMap<ClusterName, string> {
  const pools = new Map<ClusterName, string>();
  for (const [network, { balancers }] of ofTopology) {
    const slice = transit?.balancers ?? balancers;
    const sharing = transit ? clusters : clusters.filter(cluster => cluster.network === network);
    const size = Math.floor(slice.length / sharing.length);
    sharing.forEach(({ name }, index) => {
      const own = slice.slice(index * size, (index + 1) * size);
      pools.set(name, `${own[0]}-${own.at(-1)}`);
    });
  }
  return pools;
}

/**
 * Writes the documents of a pool that MetalLB announces by ARP (metallb/metallb website/content/configuration
 * @v0.15.3).
 */
export function poolDocuments(range: string): string {
  const metadata = { name: 'mesh-harness', namespace: NAMESPACE };
  const apiVersion = 'metallb.io/v1beta1';
  return [
    { apiVersion, kind: 'IPAddressPool', metadata, spec: { addresses: [range] } },
    { apiVersion, kind: 'L2Advertisement', metadata, spec: { ipAddressPools: [metadata.name] } },
  ]
    .map(document => dump(document))
    .join('---\n');
}

/**
 * Installs MetalLB in a cluster.
 * @throws HarnessError ERR_PLATFORM_NOT_READY with the line to paste
 */
export async function installMetalLb(
  context: RunContext,
  manifest: string,
  networks: DockerNetworks,
  kubeconfigs: ReadonlyMap<ClusterName, string>,
): Promise<void> {
  const { topology, programs, signal } = context;
  const pools = poolsOf(topology.clusters, networks);
  await Promise.all(
    topology.clusters.map(async ({ name }) => {
      const kubectl: Kubectl = (argv, stdin) =>
        runProcess(programs.kubectl, ['--kubeconfig', kubeconfigs.get(name) ?? '', ...argv], {
          env: programs.env,
          timeoutMs: COMMAND_MS,
          signal,
          ...(stdin !== undefined && { stdin }),
        });
      context.tell(`${name}: waiting for MetalLB`);
      await rollOut(name, manifest, kubectl, context);
      await givePool(name, pools.get(name) ?? '', kubectl, context);
    }),
  );
}

/** Runs kubectl against one cluster. */
type Kubectl = (argv: readonly string[], stdin?: string) => Promise<ProcessResult>;

/** Applies the manifest and waits for the pods of MetalLB. */
async function rollOut(
  cluster: ClusterName,
  manifest: string,
  kubectl: Kubectl,
  { programs, signal }: RunContext,
): Promise<void> {
  for (const argv of [
    ['apply', '-f', manifest],
    ['rollout', 'status', 'deployment/controller', '-n', NAMESPACE, `--timeout=${READY}`],
    ['rollout', 'status', 'daemonset/speaker', '-n', NAMESPACE, `--timeout=${READY}`],
  ]) {
    const result = await kubectl(argv);
    signal.throwIfAborted();
    if (result.exitCode !== 0 || result.fault !== undefined)
      throw refusal(cluster, programs.kubectl, argv, result);
  }
}

/** Applies a cluster's pool until the webhook that checks pools is there to accept it. */
async function givePool(
  cluster: ClusterName,
  range: string,
  kubectl: Kubectl,
  { clock, signal }: RunContext,
): Promise<void> {
  const documents = poolDocuments(range);
  const argv = ['apply', '-n', NAMESPACE, '-f', '-'];
  await waitUntil(
    `MetalLB in ${cluster} to take its pool of addresses`,
    () => kubectl(argv, documents),
    ({ exitCode }) => exitCode === 0,
    {
      timeoutMs: WEBHOOK_MS,
      intervalMs: WEBHOOK_POLL_MS,
      clock,
      signal,
      describe: result => redact(causesIn((result as ProcessResult).stderr).join('; ')),
    },
  );
}

function refusal(
  cluster: ClusterName,
  kubectl: string,
  argv: readonly string[],
  { exitCode, stdout, stderr }: ProcessResult,
): HarnessError {
  const said = redact(shortOutput(`${stdout}${stderr}`));
  return new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `MetalLB did not come up in ${cluster}: ${quoteArgv([kubectl, ...argv])} ended with exit code ${exitCode}: ${said}`,
    { hint: '--load-balancer node-address needs no image.' },
  );
}
