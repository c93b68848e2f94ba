/** `istioctl remote-clusters` and `istioctl proxy-status`: what the istiods of a cluster are connected to. */
import { askIstiod, columns } from './ask-istiod.ts';
import type { Verb } from './verb.ts';

/** An entry of `/debug/clusterz`; the cluster's own has no secret. */
interface ClusterEntry {
  readonly id: string;
  readonly secretName: string;
  readonly syncStatus: string;
}

/** An entry of `/debug/syncz`. */
interface ProxyEntry {
  readonly proxy: string;
  readonly cluster_id?: string;
  readonly istio_version?: string;
  readonly [status: string]: string | undefined;
}

/** istio/istio istioctl/pkg/clusters/clusters.go @1.30.3 */
export const remoteClusters: Verb = {
  flags: { revision: { type: 'text', short: 'r' } },
  maxArgs: 0,
  async run(call) {
    const rows = (await askIstiod(call, '/debug/clusterz')).flatMap(({ istiod, page }) =>
      (page as readonly ClusterEntry[]).map(({ id, secretName, syncStatus }) => [id, secretName, syncStatus, istiod]),
    ); // istiod's own page
    call.invocation.stdout(columns([['NAME', 'SECRET', 'STATUS', 'ISTIOD'], ...rows]));
    return 0;
  },
};

const STATUS_18 = ['cluster', 'listener', 'endpoint', 'route'] as const;

/** istio/istio istioctl/pkg/writer/pilot/status.go @1.8.0, @1.30.3 */
export const proxyStatus: Verb = {
  flags: { revision: { type: 'text', short: 'r' } },
  maxArgs: 0,
  async run(call) {
    const isOld = call.istioVersion.startsWith('1.8.');
    const rows = (await askIstiod(call, '/debug/syncz')).flatMap(({ istiod, page }) =>
      (page as readonly ProxyEntry[]).map(entry =>
        isOld
          ? [
              entry.proxy,
              ...STATUS_18.map(type => entry[`${type}_status`] ?? 'NOT SENT'),
              istiod,
              entry.istio_version ?? '',
            ]
          : [entry.proxy, entry.cluster_id ?? '', istiod, entry.istio_version ?? '', subscribed(entry)],
      ),
    ); // istiod's own page
    const header = isOld
      ? ['NAME', 'CDS', 'LDS', 'EDS', 'RDS', 'ISTIOD', 'VERSION']
      : ['NAME', 'CLUSTER', 'ISTIOD', 'VERSION', 'SUBSCRIBED TYPES'];
    rows.sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
    call.invocation.stdout(columns([header, ...rows]));
    return 0;
  },
};

/** `4 (CDS,LDS,EDS,RDS)`. */
function subscribed(entry: ProxyEntry): string {
  const types = STATUS_18.filter(type => (entry[`${type}_status`] ?? 'NOT SENT') !== 'NOT SENT');
  return `${types.length} (${types.map(type => `${type[0]?.toUpperCase()}DS`).join(',')})`;
}
