/** Reads VirtualServices: routes for HTTP, TLS and TCP. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { fullHost, keyOf, texts, type Unsupported } from './config-fields.ts';
import { hasDelegates } from './delegates.ts';
import type { VirtualServiceConfig } from './istio-config.ts';
import { readHttpRoute } from './read-http-route.ts';
import { readStreamRoute } from './read-stream-route.ts';
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
    list(spec[kind]).flatMap(
      (item, index) => readStreamRoute(reading, kind, `${kind}[${index}]`, item) ?? [],
    );
  return {
    key: keyOf(object),
    namespace,
    exportTo: texts(spec['exportTo']),
    hosts: texts(spec['hosts']).map(host => fullHost(host, namespace, domain)),
    gateways: gatewayKeys(reading, spec['gateways']) ?? ['mesh'],
    ...(hasDelegates(object) && { delegating: JSON.stringify(spec['http']) }),
    hasHttp: list(spec['http']).length > 0,
    http: list(spec['http']).flatMap((item, index) => readHttpRoute(reading, `http[${index}]`, item) ?? []),
    tls: streams('tls'),
    tcp: streams('tcp'),
  };
}
