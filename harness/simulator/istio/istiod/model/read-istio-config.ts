/** Reads Istio's own resources, and notes every field that has no effect here. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type {
  Destination,
  DestinationRuleConfig,
  GatewayConfig,
  HttpRouteConfig,
  PeerAuthenticationConfig,
  StreamRouteConfig,
  TrafficPolicy,
  VirtualServiceConfig,
} from './istio-config.ts';

type Tree = Readonly<Record<string, unknown>>;
const tree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
const texts = (value: unknown): string[] => list(value).map(String);
const labels = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(tree(value)).map(([key, item]) => [key, String(item)]));
const durationMs = (value: unknown): number | undefined => {
  const match = /^([\d.]+)(ms|s|m|h)$/.exec(text(value) ?? '');
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? 1) : undefined;
};

/** Collects what a resource asks for that is not simulated. */
export class Unsupported {
  readonly fields: string[] = [];

  /** Notes every key of `value` that is not among `known`. */
  check(path: string, value: unknown, known: readonly string[]): void {
    for (const [key, item] of Object.entries(tree(value))) {
      const isEmpty = item === undefined || item === null || (Array.isArray(item) && item.length === 0);
      if (!known.includes(key) && !isEmpty) this.fields.push(path === '' ? key : `${path}.${key}`);
    }
  }

  note(path: string): void {
    this.fields.push(path);
  }
}

/** A name without a dot is of the resource's namespace (pkg/config/model: ResolveShortnameToFQDN). */
const fullHost = (host: string, namespace: string, domain: string): string =>
  host.includes('.') || host === '*' ? host : `${host}.${namespace}.svc.${domain}`;

const keyOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

/** Reads a Gateway; notes the fields that have no effect. */
export function readGateway(object: KubernetesObject, unsupported: Unsupported): GatewayConfig {
  const spec = tree(object['spec']);
  unsupported.check('', spec, ['selector', 'servers']);
  return {
    key: keyOf(object),
    selector: labels(spec['selector']),
    servers: list(spec['servers']).map((item, index) => {
      const server = tree(item);
      const port = tree(server['port']);
      const tls = tree(server['tls']);
      unsupported.check(`servers[${index}]`, server, ['port', 'hosts', 'tls', 'name']);
      unsupported.check(`servers[${index}].tls`, tls, ['mode']);
      return {
        port: Number(port['number'] ?? 0),
        protocol: (text(port['protocol']) ?? '').toUpperCase(),
        // `namespace/host`: the namespace limits which VirtualServices may bind, which is not simulated.
        hosts: texts(server['hosts']).map(host => host.replace(/^[^/]*\//, '')),
        tlsMode: 'tls' in server ? (text(tls['mode']) ?? 'PASSTHROUGH') : undefined,
      };
    }),
  };
}

/** Reads a VirtualService; notes the fields that have no effect. */
export function readVirtualService(
  object: KubernetesObject,
  domain: string,
  unsupported: Unsupported,
): VirtualServiceConfig {
  const spec = tree(object['spec']);
  const namespace = object.metadata.namespace ?? '';
  unsupported.check('', spec, ['hosts', 'gateways', 'http', 'tls', 'tcp']);
  const gatewayKey = (name: string) =>
    name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`;
  const gatewayKeys = (value: unknown) => (value === undefined ? undefined : texts(value).map(gatewayKey));
  const destination = (path: string, value: unknown): Destination => {
    const routes = list(value);
    if (routes.length > 1) unsupported.note(`${path}.route[1] (weights)`);
    const target = tree(tree(routes[0])['destination']);
    unsupported.check(`${path}.route[0]`, routes[0], ['destination', 'weight']);
    const port = tree(target['port'])['number'];
    return {
      host: fullHost(text(target['host']) ?? '', namespace, domain),
      port: port === undefined ? undefined : Number(port),
      subset: text(target['subset']),
    };
  };
  const streams = (kind: 'tls' | 'tcp') =>
    list(spec[kind]).map((item, index): StreamRouteConfig => {
      const path = `${kind}[${index}]`;
      const route = tree(item);
      unsupported.check(path, route, ['match', 'route']);
      const matches = list(route['match']).map((match, at) => {
        unsupported.check(`${path}.match[${at}]`, match, ['port', 'sniHosts', 'gateways']);
        const fields = tree(match);
        return {
          port: fields['port'] === undefined ? undefined : Number(fields['port']),
          sniHosts: texts(fields['sniHosts']),
          gateways: gatewayKeys(fields['gateways']),
        };
      });
      return {
        matches: matches.length > 0 ? matches : [{ port: undefined, sniHosts: [], gateways: undefined }],
        destination: destination(path, route['route']),
      };
    });
  return {
    key: keyOf(object),
    hosts: texts(spec['hosts']).map(host => fullHost(host, namespace, domain)),
    gateways: gatewayKeys(spec['gateways']) ?? ['mesh'],
    http: list(spec['http']).map((item, index): HttpRouteConfig => {
      const path = `http[${index}]`;
      const route = tree(item);
      unsupported.check(path, route, ['name', 'match', 'route', 'timeout', 'retries']);
      const retries = 'retries' in route ? tree(route['retries']) : undefined;
      unsupported.check(`${path}.retries`, retries, ['attempts', 'retryOn']);
      const matches = list(route['match']).map(tree);
      const prefixes = matches.map((match, at) => {
        unsupported.check(`${path}.match[${at}]`, match, ['uri', 'gateways', 'name']);
        unsupported.check(`${path}.match[${at}].uri`, match['uri'], ['prefix']);
        return text(tree(match['uri'])['prefix']) ?? '/';
      });
      return {
        prefixes: prefixes.length > 0 ? prefixes : ['/'],
        gateways: gatewayKeys(matches.find(match => 'gateways' in match)?.['gateways']),
        destination: destination(path, route['route']),
        timeoutMs: durationMs(route['timeout']),
        retries: retries && { attempts: Number(retries['attempts'] ?? 0), retryOn: text(retries['retryOn']) },
      };
    }),
    tls: streams('tls'),
    tcp: streams('tcp'),
  };
}

/** Reads a DestinationRule; notes the fields that have no effect. */
export function readDestinationRule(
  object: KubernetesObject,
  domain: string,
  unsupported: Unsupported,
): DestinationRuleConfig {
  const spec = tree(object['spec']);
  unsupported.check('', spec, ['host', 'trafficPolicy', 'subsets']);
  const policyOf = (path: string, value: unknown): TrafficPolicy => {
    const policy = tree(value);
    unsupported.check(path, policy, ['tls', 'loadBalancer', 'connectionPool', 'portLevelSettings', 'port']);
    unsupported.check(`${path}.tls`, policy['tls'], ['mode']);
    unsupported.check(`${path}.loadBalancer`, policy['loadBalancer'], ['simple']);
    unsupported.check(`${path}.connectionPool`, policy['connectionPool'], ['tcp']);
    const tcp = tree(tree(policy['connectionPool'])['tcp']);
    unsupported.check(`${path}.connectionPool.tcp`, tcp, ['connectTimeout']);
    const tlsMode = text(tree(policy['tls'])['mode']);
    if (tlsMode === 'SIMPLE' || tlsMode === 'MUTUAL') unsupported.note(`${path}.tls.mode: ${tlsMode}`);
    return {
      tlsMode,
      loadBalancer: text(tree(policy['loadBalancer'])['simple']),
      connectTimeoutMs: durationMs(tcp['connectTimeout']),
    };
  };
  const traffic = tree(spec['trafficPolicy']);
  return {
    key: keyOf(object),
    host: fullHost(text(spec['host']) ?? '', object.metadata.namespace ?? '', domain),
    policy: policyOf('trafficPolicy', traffic),
    portPolicies: new Map(
      list(traffic['portLevelSettings']).map((item, index) => [
        Number(tree(tree(item)['port'])['number']),
        policyOf(`trafficPolicy.portLevelSettings[${index}]`, item),
      ]),
    ),
    subsets: list(spec['subsets']).map((item, index) => {
      const subset = tree(item);
      unsupported.check(`subsets[${index}]`, subset, ['name', 'labels', 'trafficPolicy']);
      return {
        name: text(subset['name']) ?? '',
        labels: labels(subset['labels']),
        policy:
          'trafficPolicy' in subset
            ? policyOf(`subsets[${index}].trafficPolicy`, subset['trafficPolicy'])
            : undefined,
      };
    }),
  };
}

/** Reads a PeerAuthentication; notes the fields that have no effect. */
export function readPeerAuthentication(
  object: KubernetesObject,
  unsupported: Unsupported,
): PeerAuthenticationConfig {
  const spec = tree(object['spec']);
  unsupported.check('', spec, ['selector', 'mtls']);
  const mode = text(tree(spec['mtls'])['mode']);
  return {
    key: keyOf(object),
    namespace: object.metadata.namespace ?? '',
    selector: 'selector' in spec ? labels(tree(spec['selector'])['matchLabels']) : undefined,
    mode: mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined,
  };
}
