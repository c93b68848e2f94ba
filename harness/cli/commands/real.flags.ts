/** The flags for real clusters, of `run` and `doctor`. */
import type { Command } from 'commander';
import { collect, imageHub, imageReference, istioRelease, webAddress } from '../flag-values.ts';

/** What `doctor` looks at. */
export interface LookedAtFlags {
  readonly context: readonly string[];
  readonly apiServer: readonly string[];
  readonly offline: boolean;
  readonly istioDir?: string;
  readonly nodeImage?: string;
  readonly bundle?: string;
}

/** What the command line says about real clusters and the programs that work on them. */
export interface RealFlags extends LookedAtFlags {
  /** The release that is installed, in the place of the edition's own. */
  readonly istioVersion?: string;
  readonly mirror?: string;
  readonly hub?: string;
  readonly tag?: string;
  readonly set: readonly string[];
  readonly imageArchive: readonly string[];
  readonly loadBalancer?: string;
  readonly registryConfig?: string;
  readonly cleanLeftovers: boolean;
  /** False for --no-cache. */
  readonly cache: boolean;
}

/** Adds the flags that a look at clusters and programs needs. @param release - what `--istio-dir` is for */
export function addLookedAtFlags(command: Command, release: string): Command {
  return command
    .option(
      '--context <cluster=context>',
      'where a cluster is in your kubeconfig (or CTX_CLUSTER1 …; repeatable)',
      collect,
      [],
    )
    .option(
      '--api-server <cluster=url>',
      'the address of an API server that pods of the other clusters reach (repeatable)',
      collect,
      [],
    )
    .option('--istio-dir <dir>', release)
    .option('--node-image <image>', 'what kind makes its nodes of (default: the edition’s)', imageReference)
    .option('--bundle <file>', 'take images and programs from a file of images save')
    .option('--offline', 'fetch nothing', false);
}

/** Adds all of them to a command. */
export function addRealFlags(command: Command): Command {
  return addLookedAtFlags(
    command,
    'an unpacked Istio release to use; on the simulator its istioctl works, as with --istioctl',
  )
    .option(
      '--istio-version <release>',
      'the release of Istio to fetch and install, such as 1.29.0 (default: the edition’s)',
      istioRelease,
    )
    .option('--mirror <url>', 'where kind, kubectl and Istio are fetched from', webAddress)
    .option('--hub <registry>', 'the registry of Istio’s images', imageHub)
    .option('--tag <tag>', 'the tag of Istio’s images')
    .option('--set <path=value>', 'for every istioctl install (repeatable)', collect, [])
    .option('--image-archive <file>', 'load images that docker save has written (repeatable)', collect, [])
    .option('--registry-config <file>', 'credentials for private registries, as docker login writes them')
    .option('--load-balancer <name>', 'node-address (default), metallb or cloud-provider-kind')
    .option('--clean-leftovers', 'remove what an Istio that was taken off has left in your clusters', false)
    .option('--no-cache', 'pull images without the cache that outlives runs');
}

/** Returns the flags as words of a command line. */
export function argvOfReal(flags: RealFlags): readonly string[] {
  const one = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value]);
  const many = (flag: string, values: readonly string[]) => values.flatMap(value => [flag, value]);
  return [
    ...many('--context', flags.context),
    ...many('--api-server', flags.apiServer),
    ...one('--istio-dir', flags.istioDir),
    ...one('--node-image', flags.nodeImage),
    ...one('--bundle', flags.bundle),
    ...one('--istio-version', flags.istioVersion),
    ...one('--mirror', flags.mirror),
    ...(flags.offline ? ['--offline'] : []),
    ...one('--hub', flags.hub),
    ...one('--tag', flags.tag),
    ...many('--set', flags.set),
    ...many('--image-archive', flags.imageArchive),
    ...one('--registry-config', flags.registryConfig),
    ...one('--load-balancer', flags.loadBalancer),
    ...(flags.cleanLeftovers ? ['--clean-leftovers'] : []),
    ...(flags.cache ? [] : ['--no-cache']),
  ];
}
