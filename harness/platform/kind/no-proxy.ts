/** What a run's nodes must reach without the user's proxy, which knows none of it. */
import type { Topology } from '../../model/topology.ts';
import type { ProxySettings } from '../../process/proxies.ts';
import { registryOf } from '../image-list.ts';
import type { Programs } from '../platform.ts';
import { cacheName } from './image-cache.ts';
import type { DockerNetworks } from './networks.ts';

/**
 * What is never a proxy's business: this host itself, and the names that a cluster's own name server knows.
 */
const ALWAYS = ['localhost', '127.0.0.1', '.svc', '.cluster.local'] as const;

/**
 * Lists what must be asked without a proxy: the user's own entries first, then every range and network of the
 * run and the caches of images. A network's subnet has its nodes and its slice for load balancers in it.
 * @param registries - whose images are cached
 * @returns the value of NO_PROXY. kind adds the cluster's own ranges, its network and its nodes to it
 */
function noProxy(
  { variables }: ProxySettings,
  topology: Topology,
  { ofTopology, transit }: DockerNetworks,
  registries: readonly string[],
): string {
  const own = (variables.NO_PROXY ?? '').split(',').map(entry => entry.trim());
  return [
    ...new Set([
      ...own.filter(entry => entry !== ''),
      ...ALWAYS,
      ...topology.clusters.flatMap(({ podRange, serviceRange }) => [podRange, serviceRange]),
      ...[...ofTopology.values(), ...(transit ? [transit] : [])].map(({ subnet }) => subnet),
      ...registries.map(cacheName),
    ]),
  ].join(',');
}

/** What a run goes by: whose proxies, and what it makes. */
interface Proxied {
  readonly proxies?: ProxySettings;
  readonly topology: Topology;
  readonly programs: Programs;
}

/**
 * Adds the list for NO_PROXY to what a run knows, where its user has proxies. Its programs get it too:
 * istioctl 1.8 asks an API server at its address on a network of the run, and of all addresses Go's programs
 * spare the loopback alone (golang.org/x/net http/httpproxy/proxy.go @v0.50.0).
 * @param images - whose registries are cached
 */
export function withNoProxy<Context extends Proxied>(
  context: Context,
  networks: DockerNetworks,
  images: readonly string[],
): Context & { readonly noProxy?: string } {
  const { proxies, topology, programs } = context;
  if (!proxies) return context;
  const list = noProxy(proxies, topology, networks, [...new Set(images.map(registryOf))]);
  return {
    ...context,
    noProxy: list,
    programs: { ...programs, env: { ...programs.env, ...noProxyVariables(list) } },
  };
}

/** Returns NO_PROXY in both spellings, since programs differ in which one they read. */
export const noProxyVariables = (list: string): Readonly<Record<string, string>> => ({
  NO_PROXY: list,
  no_proxy: list,
});
