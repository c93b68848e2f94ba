/** Reads Istio's own resources, and notes every field that has no effect here. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import {
  durationMs,
  fullHost,
  keyOf,
  labels,
  list,
  text,
  texts,
  tree,
  type Unsupported,
} from './config-fields.ts';
import type {
  DestinationRuleConfig,
  GatewayBinding,
  GatewayConfig,
  PeerAuthenticationConfig,
  TrafficPolicy,
} from './istio-config.ts';

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
        hosts: texts(server['hosts']).map(host => host.replace(/^[^/]*\//, '')),
        bindings: texts(server['hosts']).map(host => bindingOf(host, object.metadata.namespace ?? '')),
        tlsMode: 'tls' in server ? (text(tls['mode']) ?? 'PASSTHROUGH') : undefined,
      };
    }),
  };
}

/** Reads `*.example.com`, `namespace/host`, `./host` or `*` before the slash (pkg/model/gateway.go, sanitizeServerHostNamespace). */
function bindingOf(written: string, own: string): GatewayBinding {
  const slash = written.indexOf('/');
  if (slash < 0) return { namespace: undefined, host: written };
  const namespace = written.slice(0, slash);
  return {
    namespace: namespace === '*' ? undefined : namespace === '.' ? own : namespace,
    host: written.slice(slash + 1),
  };
}

/** Reads a DestinationRule; notes the fields that have no effect. */
export function readDestinationRule(
  object: KubernetesObject,
  domain: string,
  unsupported: Unsupported,
): DestinationRuleConfig {
  const spec = tree(object['spec']);
  unsupported.check('', spec, ['host', 'trafficPolicy', 'subsets', 'exportTo']);
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
    namespace: object.metadata.namespace ?? '',
    exportTo: texts(spec['exportTo']),
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
