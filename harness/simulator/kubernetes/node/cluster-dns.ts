/** The cluster's name server: answers for the Services of its own cluster, and for nothing else. */
import { answerQuery, DNS_PORT } from '../../network/dns.ts';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import type { ClusterReader } from '../client/cluster-client.ts';
import type { Controller } from '../client/controller.ts';
import type { Service } from '../client/kinds.ts';
import { SERVICE_NAME, SLICES } from '../client/service-slices.ts';

/** The domain in which all names of a cluster end. */
export const CLUSTER_DOMAIN = 'cluster.local';
/** ExternalNames may point at each other; resolvers give up after a few. */
const MAX_ALIASES = 8;

/**
 * Looks a name up as CoreDNS's kubernetes plug-in does (coredns/coredns plugin/kubernetes).
 * @param name - in lower case, without a final dot
 * @returns undefined if there is no such name; an empty list if it exists without an address
 */
export function lookUp(client: ClusterReader, name: string, aliases = 0): readonly string[] | undefined {
  const suffix = `.${CLUSTER_DOMAIN}`;
  // Unlike CoreDNS, there is no other server to ask: names of the world outside do not exist.
  if (!name.endsWith(suffix)) return undefined;
  const labels = name.slice(0, -suffix.length).split('.');
  const kind = labels.pop();
  const namespace = labels.pop();
  if (namespace === undefined || !client.get('namespaces', '', namespace)) return undefined;
  if (kind === 'pod') return podAddress(labels);
  if (kind !== 'svc') return undefined;
  // `ns.svc.cluster.local` itself exists, without an address.
  const serviceName = labels.pop();
  if (serviceName === undefined) return [];
  const service = client.get('services', namespace, serviceName);
  if (!service || labels.length > 1) return undefined;
  return serviceAddresses(client, service, labels[0], aliases);
}

/**
 * Reads the address in a pod's name: `10-10-0-7.sample.pod.cluster.local` is 10.10.0.7, even without such a
 * pod (`pods insecure`, kubeadm's setting).
 */
function podAddress(labels: readonly string[]): readonly string[] | undefined {
  const [dashed = ''] = labels;
  return labels.length === 1 && /^\d{1,3}(-\d{1,3}){3}$/.test(dashed)
    ? [dashed.replaceAll('-', '.')]
    : undefined;
}

function serviceAddresses(
  client: ClusterReader,
  service: Service,
  hostname: string | undefined,
  aliases: number,
): readonly string[] | undefined {
  const { type, clusterIP, externalName = '' } = service.spec;
  if (type === 'ExternalName') {
    if (hostname !== undefined) return undefined;
    const target = externalName.toLowerCase().replace(/\.$/, '');
    if (/^\d+\.\d+\.\d+\.\d+$/.test(target)) return [];
    return aliases < MAX_ALIASES ? lookUp(client, target, aliases + 1) : undefined;
  }
  if (clusterIP !== 'None') return hostname === undefined && clusterIP ? [clusterIP] : undefined;
  const addresses = headlessAddresses(client, service, hostname);
  // CoreDNS knows a headless Service only as long as it has endpoints.
  return addresses.length > 0 ? addresses : undefined;
}

/** Lists the addresses of the ready endpoints of a headless Service, or of the one with a hostname. */
function headlessAddresses(
  client: ClusterReader,
  { metadata: { namespace = '', name = '' } }: Service,
  hostname: string | undefined,
): readonly string[] {
  const addresses = new Set<string>();
  const labelSelector = `${SERVICE_NAME}=${name}`;
  for (const { endpoints } of client.list(SLICES, { namespace, labelSelector })) {
    for (const endpoint of endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue;
      const [address] = endpoint.addresses;
      if (address === undefined) continue;
      if (hostname === undefined || (endpoint.hostname ?? address.replaceAll('.', '-')) === hostname) {
        addresses.add(address);
      }
    }
  }
  return [...addresses];
}

/** @param server - where the name server listens: a pod's namespace, to which the Service `kube-dns` leads */
export function startClusterDns(client: ClusterReader, server: NetworkNamespace): Controller {
  const listener = server.listenDatagram(DNS_PORT, query => answerQuery(query, name => lookUp(client, name)));
  return { stop: () => listener.close() };
}
