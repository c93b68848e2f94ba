/** The flags that commands have in common which work on real clusters: `run` and `doctor`. */
import type { Command } from 'commander';
import { collect, webAddress } from '../flag-values.ts';

/** What the command line says about real clusters and the programs that work on them. */
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

/** Adds the flags to a command. */
export function addRealFlags(command: Command): Command {
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
    .option(
      '--istio-dir <dir>',
      'kind, existing: an unpacked Istio release to use; simulator: its istioctl works, as with --istioctl',
    )
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

/** Returns the flags as words of a command line. */
export function argvOfReal(flags: RealFlags): readonly string[] {
  const one = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value]);
  const many = (flag: string, values: readonly string[]) => values.flatMap(value => [flag, value]);
  return [
    ...many('--context', flags.context),
    ...many('--api-server', flags.apiServer),
    ...one('--istio-dir', flags.istioDir),
    ...one('--mirror', flags.mirror),
    ...(flags.offline ? ['--offline'] : []),
    ...one('--hub', flags.hub),
    ...one('--tag', flags.tag),
    ...many('--set', flags.set),
    ...many('--image-archive', flags.imageArchive),
    ...one('--registry-config', flags.registryConfig),
    ...one('--load-balancer', flags.loadBalancer),
    ...(flags.cache ? [] : ['--no-cache']),
  ];
}
