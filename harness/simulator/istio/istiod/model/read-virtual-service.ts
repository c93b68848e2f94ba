/** Reads VirtualServices: routes for HTTP, and for TLS and TCP with one destination. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { fullHost, keyOf, texts, type Unsupported } from './config-fields.ts';
import { hasDelegates } from './delegates.ts';
import type { StreamRouteConfig, VirtualServiceConfig } from './istio-config.ts';
import { readDestination } from './read-destination.ts';
import { readHttpRoute } from './read-http-route.ts';
import { gatewayKeys, type Reading } from './reading.ts';

/** Reads a VirtualService; notes the fields that have no effect. */
export function readVirtualService(
  object: KubernetesObject,
  domain: string,
  unsupported: Unsupported,
): VirtualServiceConfig {
  const spec = tree(object['spec']);
  const namespace = object.metadata.namespace ?? '';
  const reading: Reading = { namespace, domain, unsupported };
  unsupported.check('', spec, ['hosts', 'gateways', 'http', 'tls', 'tcp', 'exportTo']);
  const streams = (kind: 'tls' | 'tcp') =>
    list(spec[kind]).flatMap((item, index) => readStreamRoute(reading, `${kind}[${index}]`, item) ?? []);
  const gateways = gatewayKeys(reading, spec['gateways']) ?? ['mesh'];
  for (const kind of ['tls', 'tcp'])
    if (gateways.includes('mesh') && list(spec[kind]).length > 0) unsupported.note(`${kind} (on sidecars)`);
  return {
    key: keyOf(object),
    namespace,
    exportTo: texts(spec['exportTo']),
    hosts: texts(spec['hosts']).map(host => fullHost(host, namespace, domain)),
    gateways,
    ...(hasDelegates(object) && { delegating: JSON.stringify(spec['http']) }),
    hasHttp: list(spec['http']).length > 0,
    http: list(spec['http']).flatMap((item, index) => readHttpRoute(reading, `http[${index}]`, item) ?? []),
    tls: streams('tls'),
    tcp: streams('tcp'),
  };
}

/** @returns undefined for a route that would share its connections: it is left out */
function readStreamRoute(reading: Reading, path: string, value: unknown): StreamRouteConfig | undefined {
  const { unsupported } = reading;
  const route = tree(value);
  const all = list(route['route']).map(tree);
  const targets = all.length > 1 ? all.filter(({ weight }) => Number(weight ?? 0) > 0) : all;
  for (const [at, target] of all.entries())
    unsupported.check(`${path}.route[${at}]`, target, ['destination', 'weight']);
  if (targets.length > 1) {
    unsupported.note(`${path}.route (weights of connections)`);
    unsupported.leaveOut(path);
    return undefined;
  }
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
    destination: readDestination(reading, targets[0]?.['destination']),
  };
}
