/** Reads VirtualServices: routes for HTTP, TLS and TCP, each with one destination. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { durationMs, fullHost, keyOf, list, text, texts, tree, type Unsupported } from './config-fields.ts';
import type {
  Destination,
  HttpRouteConfig,
  StreamRouteConfig,
  VirtualServiceConfig,
} from './istio-config.ts';

/** The resource that is being read. */
interface Reading {
  readonly namespace: string;
  readonly domain: string;
  readonly unsupported: Unsupported;
}

/** Reads a VirtualService; notes the fields that have no effect. */
export function readVirtualService(
  object: KubernetesObject,
  domain: string,
  unsupported: Unsupported,
): VirtualServiceConfig {
  const spec = tree(object['spec']);
  const namespace = object.metadata.namespace ?? '';
  const reading: Reading = { namespace, domain, unsupported };
  unsupported.check('', spec, ['hosts', 'gateways', 'http', 'tls', 'tcp']);
  const streams = (kind: 'tls' | 'tcp') =>
    list(spec[kind]).map((item, index) => readStreamRoute(reading, `${kind}[${index}]`, item));
  return {
    key: keyOf(object),
    hosts: texts(spec['hosts']).map(host => fullHost(host, namespace, domain)),
    gateways: gatewayKeys(reading, spec['gateways']) ?? ['mesh'],
    http: list(spec['http']).map((item, index) => readHttpRoute(reading, `http[${index}]`, item)),
    tls: streams('tls'),
    tcp: streams('tcp'),
  };
}

function readHttpRoute(reading: Reading, path: string, value: unknown): HttpRouteConfig {
  const { unsupported } = reading;
  const route = tree(value);
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
    gateways: gatewayKeys(reading, matches.find(match => 'gateways' in match)?.['gateways']),
    destination: readDestination(reading, path, route['route']),
    timeoutMs: durationMs(route['timeout']),
    retries: retries && { attempts: Number(retries['attempts'] ?? 0), retryOn: text(retries['retryOn']) },
  };
}

function readStreamRoute(reading: Reading, path: string, value: unknown): StreamRouteConfig {
  const { unsupported } = reading;
  const route = tree(value);
  unsupported.check(path, route, ['match', 'route']);
  const matches = list(route['match']).map((match, at) => {
    unsupported.check(`${path}.match[${at}]`, match, ['port', 'sniHosts', 'gateways']);
    const fields = tree(match);
    return {
      port: fields['port'] === undefined ? undefined : Number(fields['port']),
      sniHosts: texts(fields['sniHosts']),
      gateways: gatewayKeys(reading, fields['gateways']),
    };
  });
  return {
    matches: matches.length > 0 ? matches : [{ port: undefined, sniHosts: [], gateways: undefined }],
    destination: readDestination(reading, path, route['route']),
  };
}

/** Reads the first of a route's destinations. */
function readDestination(
  { namespace, domain, unsupported }: Reading,
  path: string,
  value: unknown,
): Destination {
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
}

/** Completes the names of Gateways; `mesh` stands for all sidecars. */
function gatewayKeys({ namespace }: Reading, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return texts(value).map(name => (name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`));
}
