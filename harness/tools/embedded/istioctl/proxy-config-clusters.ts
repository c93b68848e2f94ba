/** `istioctl proxy-config clusters`. istio/istio istioctl/pkg/writer/envoy/configdump/cluster.go @1.8.0 */
import { is, order, verbOf } from './proxy-config-table.ts';
import { type DumpedCluster, entriesOf } from './proxy-resources.ts';
import { ruleText } from './rule-names.ts';

/**
 * Reads `outbound|5000|v1|helloworld.sample.svc.cluster.local`; on a gateway `_.` stands between the parts.
 * @returns undefined for a name of another form
 */
function subsetKey(name: string) {
  const parts = name.split(name.includes('|') ? '|' : '_.');
  if (parts.length < 4) return undefined;
  const [direction = '', port = '', subset = '', host = ''] = parts;
  return { direction, port: Number(port), subset, host };
}

/** One line for each cluster, with the parts of its name. */
export const clusters = verbOf({
  name: 'cluster',
  flags: {
    fqdn: { type: 'text' },
    port: { type: 'integer' },
    subset: { type: 'text' },
    direction: { type: 'text' },
  },
  path: 'config_dump',
  header: () => ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'],
  select: (page, { flags }) => {
    const wanted = ['static_clusters', 'dynamic_active_clusters']
      .flatMap(list => entriesOf<DumpedCluster>(page, list, 'cluster'))
      .map(cluster => ({ cluster, key: subsetKey(cluster.name) }))
      .filter(
        ({ key }) =>
          is(flags.text('fqdn'), key?.host) &&
          is(flags.integer('port'), key?.port) &&
          is(flags.text('subset'), key?.subset) &&
          is(flags.text('direction'), key?.direction),
      )
      .map(({ cluster, key }) => ({
        cluster,
        key: key ?? { direction: '', port: 0, subset: '', host: cluster.name },
      }))
      .sort(
        ({ key: a }, { key: b }) =>
          order(a.host, b.host) ||
          order(a.subset, b.subset) ||
          a.port - b.port ||
          order(a.direction, b.direction),
      );
    return {
      json: wanted.map(({ cluster }) => cluster),
      rows: wanted.map(({ cluster, key: { host, port, subset, direction } }) => [
        host,
        port === 0 ? '-' : String(port),
        subset || '-',
        direction || '-',
        cluster.type ?? 'STATIC',
        ruleText(cluster),
      ]),
    };
  },
});
