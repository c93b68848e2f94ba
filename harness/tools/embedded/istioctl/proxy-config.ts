/**
 * `istioctl proxy-config clusters|endpoints|listeners|routes|secret`: what a proxy runs, in tables.
 * istio/istio istioctl/cmd/proxyconfig.go @1.8.0
 */
import { listeners } from './proxy-config-listeners.ts';
import { is, order, verbOf } from './proxy-config-table.ts';
import {
  type CertificateDetails,
  type CertificatesPage,
  type ClusterStatus,
  type DumpedCluster,
  type DumpedRoutes,
  entriesOf,
} from './proxy-resources.ts';
import { releaseOf } from './releases.ts';
import type { Verb } from './verb.ts';

/**
 * `outbound|5000|v1|helloworld.sample.svc.cluster.local`, or with `_.` between the parts as a gateway has
 * them;
 * @returns undefined for another name
 */
function subsetKey(name: string) {
  const parts = name.split(name.includes('|') ? '|' : '_.');
  if (parts.length < 4) return undefined;
  const [direction = '', port = '', subset = '', host = ''] = parts;
  return { direction, port: Number(port), subset, host };
}

/** istioctl/pkg/writer/envoy/configdump/cluster.go */
const clusters = verbOf({
  flags: {
    fqdn: { type: 'text' },
    port: { type: 'integer' },
    subset: { type: 'text' },
    direction: { type: 'text' },
  },
  path: 'config_dump',
  header: () => ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'],
  select: (page, { flags }) => {
    const wanted = entriesOf<DumpedCluster>(page, 'dynamic_active_clusters', 'cluster')
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
        '',
      ]),
    };
  },
});

/** istioctl/pkg/writer/envoy/clusters/clusters.go */
const endpoints = verbOf({
  flags: {
    address: { type: 'text' },
    port: { type: 'integer' },
    cluster: { type: 'text' },
    status: { type: 'text' },
  },
  path: 'clusters?format=json',
  header: () => ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'],
  select: (page, { flags }) => {
    const { cluster_statuses: statuses = [] } = page as { cluster_statuses?: readonly ClusterStatus[] }; // Envoy's page
    const wanted = statuses
      .flatMap(({ name, host_statuses: hosts = [] }) =>
        hosts.map(host => ({
          name,
          address: host.address?.socket_address?.address ?? '',
          port: host.address?.socket_address?.port_value ?? 0,
          status: host.health_status?.eds_health_status ?? 'HEALTHY',
          outlier: host.health_status?.failed_outlier_check ? 'FAILED' : 'OK',
        })),
      )
      .filter(
        host =>
          is(flags.text('address'), host.address) &&
          is(flags.integer('port'), host.port) &&
          is(flags.text('cluster'), host.name) &&
          is(flags.text('status')?.toUpperCase(), host.status),
      )
      .sort((a, b) => order(a.address, b.address) || a.port - b.port || order(a.name, b.name));
    const names = new Set(wanted.map(({ name }) => name));
    return {
      json: statuses.filter(({ name }) => names.has(name)),
      rows: wanted.map(({ name, address, port, status, outlier }) => [
        `${address}:${port}`,
        status,
        outlier,
        name,
      ]),
    };
  },
});

/** istioctl/pkg/writer/envoy/configdump/route.go */
const routes = verbOf({
  flags: { name: { type: 'text' } },
  path: 'config_dump',
  note: 'NOTE: This output only contains routes loaded via RDS.',
  header: ({ routeHeader }) => routeHeader,
  select: (page, { flags, istioVersion }) => {
    const { routeRow } = releaseOf(istioVersion).proxyConfig;
    const wanted = entriesOf<DumpedRoutes>(page, 'dynamic_route_configs', 'route_config')
      .filter(({ name }) => is(flags.text('name'), name))
      .sort((a, b) => Number(a.name) - Number(b.name) || order(a.name, b.name));
    return {
      json: wanted,
      rows: wanted.flatMap(({ name, virtual_hosts: hosts = [] }) =>
        hosts.flatMap(({ name: host, domains = [], routes: inside = [] }) =>
          inside.map(({ match }) => routeRow(name, host, domains, match?.path ?? `${match?.prefix ?? '/'}*`)),
        ),
      ),
    };
  },
});

/**
 * istioctl/pkg/writer/envoy/configdump/secret (sdscompare/writer.go). Unlike istioctl's, the end of life is
 * the one that the mesh keeps to.
 */
const secret = verbOf({
  flags: {},
  path: 'certs',
  header: ({ tellsTrustDomain }) => [
    'RESOURCE NAME',
    'TYPE',
    'STATUS',
    'VALID CERT',
    'SERIAL NUMBER',
    'NOT AFTER',
    'NOT BEFORE',
    ...(tellsTrustDomain ? ['TRUST DOMAIN'] : []),
  ],
  select: (page, { invocation: { clock }, istioVersion }) => {
    const release = releaseOf(istioVersion).proxyConfig;
    const { certificates = [] } = page as CertificatesPage; // Envoy's page
    const row = (
      name: string,
      type: string,
      {
        serial_number: serial,
        valid_from: from,
        expiration_time: to,
        subject_alt_names: names,
      }: CertificateDetails,
    ) => {
      const valid = Date.parse(from) <= clock.now() && clock.now() < Date.parse(to);
      const trustDomain = /^spiffe:\/\/([^/]+)/.exec(
        names?.find(({ uri }) => uri !== undefined)?.uri ?? '',
      )?.[1];
      return [
        name,
        type,
        'ACTIVE',
        String(valid),
        release.serial(serial),
        withoutFraction(to),
        withoutFraction(from),
        ...(release.tellsTrustDomain ? [trustDomain ?? ''] : []),
      ];
    };
    return {
      json: page,
      rows: certificates.flatMap(({ cert_chain: chain = [], ca_cert: roots = [] }) => [
        ...chain.slice(0, 1).map(details => row('default', 'Cert Chain', details)),
        ...roots.slice(0, 1).map(details => row('ROOTCA', 'CA', details)),
      ]),
    };
  },
});

const withoutFraction = (time: string) => time.replace(/\.\d+Z$/, 'Z');
/** Each under the names that it goes by. istioctl/cmd/proxyconfig.go */
export const proxyConfig: Readonly<Record<string, Verb>> = {
  cluster: clusters,
  clusters,
  c: clusters,
  endpoint: endpoints,
  endpoints,
  ep: endpoints,
  listener: listeners,
  listeners,
  l: listeners,
  route: routes,
  routes,
  r: routes,
  secret,
  secrets: secret,
  s: secret,
};
