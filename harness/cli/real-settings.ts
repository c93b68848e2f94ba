/** The options that real clusters have, and what platforms are told from them. */
import { homedir } from 'node:os';
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { RealSettings } from '../platform/catalog.ts';
import { cacheFolder, stateFolder } from '../process/folders.ts';
import type { Environment } from './environment.ts';

export interface RealFlags {
  readonly context: readonly string[];
  readonly apiServer: readonly string[];
  readonly offline: boolean;
  readonly mirror?: string;
  readonly istioDir?: string;
  readonly hub?: string;
  readonly tag?: string;
  readonly set: readonly string[];
  readonly imageArchive: readonly string[];
  readonly loadBalancer?: string;
  readonly registryConfig?: string;
  /** False for --no-cache. */
  readonly cache: boolean;
}

const collect = (value: string, previous: readonly string[]) => [...previous, value];

/** Adds the options to a command. */
export function addRealOptions(command: Command): Command {
  return command
    .option(
      '--context <cluster=context>',
      'existing: where a cluster is in your kubeconfig (or CTX_CLUSTER1 …; repeatable)',
      collect,
      [],
    )
    .option(
      '--api-server <cluster=url>',
      'existing: the address of an API server that pods of the other clusters reach (repeatable)',
      collect,
      [],
    )
    .option('--istio-dir <dir>', 'kind, existing: an unpacked Istio release to use')
    .option('--mirror <url>', 'kind, existing: where kind, kubectl and Istio are fetched from', webAddress)
    .option('--offline', 'kind, existing: fetch nothing', false)
    .option('--hub <registry>', 'kind, existing: the registry of Istio’s images')
    .option('--tag <tag>', 'kind, existing: the tag of Istio’s images')
    .option('--set <path=value>', 'kind, existing: for every istioctl install (repeatable)', collect, [])
    .option(
      '--image-archive <file>',
      'kind: load images that docker save has written (repeatable)',
      collect,
      [],
    )
    .option(
      '--registry-config <file>',
      'kind: credentials for private registries, as docker login writes them',
    )
    .option('--load-balancer <name>', 'kind: node-address (default), metallb or cloud-provider-kind')
    .option('--no-cache', 'kind: pull images without the cache that outlives runs');
}

function webAddress(value: string): string {
  if (!/^https?:\/\/\S+$/.test(value)) throw new InvalidArgumentError('An http or https address is needed.');
  return value;
}

/** @param onProgress - told what platforms do before a run's own steps begin */
export function realSettings(
  flags: RealFlags,
  edition: string,
  { env }: Environment,
  onProgress: (text: string) => void,
): RealSettings {
  const { mirror, istioDir, hub, tag, loadBalancer, registryConfig } = flags;
  return {
    edition,
    state: stateFolder(env),
    cache: cacheFolder(env),
    path: env['PATH'] ?? '',
    variables: env,
    kubeconfigs: (env['KUBECONFIG'] ?? '')
      .split(path.delimiter)
      .filter(file => file !== '')
      .concat(env['KUBECONFIG'] ? [] : [path.join(homedir(), '.kube', 'config')]),
    contexts: flags.context,
    apiServers: flags.apiServer,
    offline: flags.offline,
    noCache: !flags.cache,
    set: flags.set,
    imageArchives: flags.imageArchive.map(file => path.resolve(file)),
    onProgress,
    ...(mirror !== undefined && { mirror }),
    ...(istioDir !== undefined && { istioFolder: path.resolve(istioDir) }),
    ...(hub !== undefined && { hub }),
    ...(tag !== undefined && { tag }),
    ...(loadBalancer !== undefined && { loadBalancer }),
    ...(registryConfig !== undefined && { registryConfig: path.resolve(registryConfig) }),
  };
}
