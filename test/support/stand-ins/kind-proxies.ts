/**
 * The variables of a user's proxies that the stand-in for kind gives to its nodes, by kind's own rules:
 * pkg/cluster/internal/providers/common/proxy.go and docker/provision.go (getProxyEnv) @v0.30.0; the same in
 * v0.33.0 where the proxies are in the environment. What is in Docker's configuration the real docker command
 * adds, in the stand-in as in kind 0.30.
 */
import { quoteWord } from '../../../harness/base/quote.ts';

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;

/** What kind reads: each name, and it in small letters. */
export const PROXY_VARIABLES: readonly string[] = NAMES.flatMap(name => [name, name.toLowerCase()]);

export interface ProxiedCluster {
  readonly network: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly nodes: readonly string[];
}

/**
 * Returns words for `docker run`, ready for a shell, which looks up the network's subnet in them; empty if
 * there is neither a proxy nor a NO_PROXY.
 */
export function proxyWords(
  env: Readonly<Record<string, string>>,
  { network, podSubnet, serviceSubnet, nodes }: ProxiedCluster,
): string {
  const found = new Map(
    NAMES.flatMap(name => {
      const value = env[name] ?? env[name.toLowerCase()];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  if (found.size === 0) return '';
  const subnets = `$(docker network inspect -f '{{range $i, $each := .IPAM.Config}}{{if $i}},{{end}}{{$each.Subnet}}{{end}}' ${network})`;
  const own = found.get('NO_PROXY');
  const list = [
    ...(own === undefined ? [] : [own]),
    ...[serviceSubnet, podSubnet, ...nodes, '.svc', '.svc.cluster', '.svc.cluster.local'],
  ].join(',');
  const words = [...found]
    .filter(([name]) => name !== 'NO_PROXY')
    .flatMap(([name, value]) => [`${name}=${value}`, `${name.toLowerCase()}=${value}`])
    .map(quoteWord);
  return [...words, ...['NO_PROXY', 'no_proxy'].map(name => `"${name}=${subnets},"${quoteWord(list)}`)]
    .map(word => `-e ${word}`)
    .join(' ');
}
