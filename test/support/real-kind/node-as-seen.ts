/** What `docker inspect` shows of a cluster's nodes, as far as kind has decided it. */
import { KIND_CLUSTER_LABEL } from '../../../harness/platform/kind/labels.ts';
import { docker } from '../docker.ts';

export interface NodeAsSeen {
  readonly name: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hasTerminal: boolean;
  /** Set by whoever started it; those of the image are left out. */
  readonly env: readonly string[];
  readonly restart: string;
  readonly cgroups: string;
  readonly binds: readonly string[];
  readonly tmpfs: readonly string[];
  /** Without names: they go with the container. */
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  readonly networks: readonly string[];
}

/** What is read of Docker's answer. */
interface Inspected {
  readonly Name: string;
  readonly Config: {
    readonly Hostname: string;
    readonly Labels: Record<string, string>;
    readonly Tty: boolean;
    readonly Env: readonly string[] | null;
  };
  readonly HostConfig: {
    readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
    readonly CgroupnsMode: string;
    readonly Tmpfs: Record<string, string> | null;
    readonly PortBindings: Record<string, readonly { readonly HostIp: string }[]> | null;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: { readonly Networks: Record<string, unknown> };
}

const OF_THE_IMAGE = /^(?:PATH|TRIAL)=/;

/** @param mask - takes names out of a text that differ from run to run */
export function seenNodes(cluster: string, mask: (text: string) => string): readonly NodeAsSeen[] {
  const ids = docker('ps', '-aq', '--filter', `label=${KIND_CLUSTER_LABEL}=${cluster}`);
  if (ids === '') return [];
  const found = JSON.parse(docker('inspect', ...ids.split('\n'))) as Inspected[]; // Docker's own form
  return found.map(node => seen(node, mask)).sort((a, b) => a.name.localeCompare(b.name));
}

const seen = (node: Inspected, mask: (text: string) => string): NodeAsSeen => ({
  name: mask(node.Name.slice(1)),
  hostname: mask(node.Config.Hostname),
  labels: Object.fromEntries(Object.entries(node.Config.Labels).map(([key, value]) => [key, mask(value)])),
  hasTerminal: node.Config.Tty,
  env: (node.Config.Env ?? [])
    .filter(text => !OF_THE_IMAGE.test(text))
    .map(mask)
    .sort(),
  restart: `${node.HostConfig.RestartPolicy.Name}:${node.HostConfig.RestartPolicy.MaximumRetryCount}`,
  cgroups: node.HostConfig.CgroupnsMode,
  binds: node.Mounts.filter(({ Type }) => Type === 'bind')
    .map(({ Source, Destination, RW }) => mask(`${Source}:${Destination}${RW ? '' : ':ro'}`))
    .sort(),
  tmpfs: Object.keys(node.HostConfig.Tmpfs ?? {}).sort(),
  volumes: node.Mounts.filter(({ Type }) => Type === 'volume')
    .map(({ Destination }) => Destination)
    .sort(),
  ports: Object.entries(node.HostConfig.PortBindings ?? {}).flatMap(([port, bindings]) =>
    bindings.map(({ HostIp }) => `${HostIp}:${port}`),
  ),
  networks: Object.keys(node.NetworkSettings.Networks).map(mask),
});
