/** Reads `trafficPolicy` of DestinationRules, and `localityLbSetting` of the mesh. */
import { list, tree } from '../../../../base/untyped.ts';
import type { HashPolicy } from '../../xds/routes.ts';
import { durationMs, text, texts } from './config-fields.ts';
import type {
  ConnectionPool,
  LoadBalancerSetting,
  LocalitySetting,
  OutlierSetting,
  TlsSetting,
  TrafficBlocks,
} from './traffic-policy.ts';

type Tree = ReturnType<typeof tree>;

const numberOf = (value: unknown): number => (Number.isFinite(Number(value)) ? Number(value) : 0);
const countOf = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : numberOf(value);

/** Reads a policy, its settings for ports left out. */
export const readTrafficPolicy = (policy: unknown): TrafficBlocks => readBlocks(tree(policy));

/** Reads a policy's settings for ports. */
export const readPortPolicies = (policy: unknown): Readonly<Record<number, TrafficBlocks>> =>
  Object.fromEntries(
    list(tree(policy)['portLevelSettings']).map(item => {
      const settings = tree(item);
      return [Number(tree(settings['port'])['number']), readBlocks(settings)];
    }),
  );

function readBlocks(policy: Tree): TrafficBlocks {
  const block = <T>(name: string, read: (fields: Tree) => T): T | undefined =>
    policy[name] === undefined || policy[name] === null ? undefined : read(tree(policy[name]));
  return {
    tlsMode: block('tls', ({ mode }) => text(mode) ?? 'DISABLE'),
    tls: block('tls', readTls),
    loadBalancer: block('loadBalancer', readLoadBalancer),
    pool: block('connectionPool', readPool),
    outlier: block('outlierDetection', readOutlier),
  };
}

function readTls(fields: Tree): TlsSetting {
  const of = (name: string): string => text(fields[name]) ?? '';
  return {
    sni: of('sni'),
    subjectAltNames: texts(fields['subjectAltNames']),
    caCertificates: of('caCertificates'),
    clientCertificate: of('clientCertificate'),
    privateKey: of('privateKey'),
    credentialName: of('credentialName'),
    insecureSkipVerify: fields['insecureSkipVerify'] === true,
  };
}

function readLoadBalancer(fields: Tree): LoadBalancerSetting {
  const hash = fields['consistentHash'];
  return {
    simple: text(fields['simple']),
    hash: hash === undefined ? undefined : readHash(tree(hash)),
    locality: 'localityLbSetting' in fields ? readLocalitySetting(fields['localityLbSetting']) : undefined,
  };
}

function readHash(hash: Tree): NonNullable<LoadBalancerSetting['hash']> {
  const isMaglev = hash['maglev'] !== undefined;
  const size = isMaglev
    ? tree(hash['maglev'])['tableSize']
    : (tree(hash['ringHash'])['minimumRingSize'] ?? hash['minimumRingSize']);
  return { policy: readHashPolicy(hash), isMaglev, size: numberOf(size) };
}

/** pilot/pkg/networking/core/route/route.go @1.30.3, consistentHashToHashPolicy */
function readHashPolicy(hash: Tree): HashPolicy | undefined {
  const header = text(hash['httpHeaderName']);
  if (header) return { header: header.toLowerCase() };
  const query = text(hash['httpQueryParameterName']);
  if (query) return { query };
  if (hash['useSourceIp'] === true) return { sourceIp: true };
  const cookie = tree(hash['httpCookie']);
  const name = text(cookie['name']);
  if (!name) return undefined;
  const ttlMs = durationMs(cookie['ttl']);
  return { cookie: { name, path: text(cookie['path']) ?? '', ...(ttlMs !== undefined && { ttlMs }) } };
}

/** Reads `localityLbSetting`. */
export function readLocalitySetting(value: unknown): LocalitySetting {
  const setting = tree(value);
  return {
    isEnabled: setting['enabled'] !== false,
    distribute: list(setting['distribute']).map(item => ({
      from: text(tree(item)['from']) ?? '',
      to: Object.entries(tree(tree(item)['to'])).map(
        ([locality, weight]) => [locality, numberOf(weight)] as const,
      ),
    })),
    failover: Array.isArray(setting['failover'])
      ? setting['failover'].map(item => ({
          from: text(tree(item)['from']) ?? '',
          to: text(tree(item)['to']) ?? '',
        }))
      : undefined,
    failoverPriority: texts(setting['failoverPriority']),
  };
}

function readPool(fields: Tree): ConnectionPool {
  const tcp = tree(fields['tcp']);
  const http = tree(fields['http']);
  return {
    connectTimeoutMs: durationMs(tcp['connectTimeout']),
    maxConnections: numberOf(tcp['maxConnections']),
    maxPendingRequests: numberOf(http['http1MaxPendingRequests']),
    maxRequests: numberOf(http['http2MaxRequests']),
    maxRetries: numberOf(http['maxRetries']),
    maxRequestsPerConnection: numberOf(http['maxRequestsPerConnection']),
    idleTimeoutMs: durationMs(http['idleTimeout']) ?? durationMs(tcp['idleTimeout']),
  };
}

function readOutlier(fields: Tree): OutlierSetting {
  return {
    consecutive5xx: countOf(fields['consecutive5xxErrors']),
    consecutiveGateway: countOf(fields['consecutiveGatewayErrors']),
    splitsLocalErrors: fields['splitExternalLocalOriginErrors'] === true,
    consecutiveLocal: countOf(fields['consecutiveLocalOriginFailures']),
    intervalMs: durationMs(fields['interval']),
    baseEjectionMs: durationMs(fields['baseEjectionTime']),
    maxEjectionPercent: numberOf(fields['maxEjectionPercent']),
    minHealthPercent: numberOf(fields['minHealthPercent']),
  };
}
