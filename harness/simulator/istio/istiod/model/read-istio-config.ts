/** Reads Istio's own resources, and notes every field that has no effect here. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { fullHost, keyOf, labels, text, texts, type Unsupported } from './config-fields.ts';
import type {
  DestinationRuleConfig,
  GatewayBinding,
  GatewayConfig,
  PeerAuthenticationConfig,
  PeerMode,
} from './istio-config.ts';
import { readPortPolicies, readTrafficPolicy } from './read-traffic-policy.ts';

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

/**
 * Reads `*.example.com`, `namespace/host`, `./host` or `*` before the slash
 * (pilot/pkg/model/gateway.go @1.30.3, sanitizeServerHostNamespace).
 */
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
  unsupported.check('', spec, ['host', 'trafficPolicy', 'subsets', 'exportTo', 'workloadSelector']);
  noteForeignTls('trafficPolicy', spec['trafficPolicy'], unsupported);
  for (const [index, subset] of list(spec['subsets']).entries())
    noteForeignTls(`subsets[${index}].trafficPolicy`, tree(subset)['trafficPolicy'], unsupported);
  const isSelective = spec['workloadSelector'] !== undefined && spec['workloadSelector'] !== null;
  return {
    key: keyOf(object),
    namespace: object.metadata.namespace ?? '',
    // A rule for some workloads is for those of its own namespace.
    exportTo: isSelective ? ['.'] : texts(spec['exportTo']),
    host: fullHost(text(spec['host']) ?? '', object.metadata.namespace ?? '', domain),
    policy: readTrafficPolicy(spec['trafficPolicy']),
    portPolicies: readPortPolicies(spec['trafficPolicy']),
    ...(isSelective && { selector: labels(tree(spec['workloadSelector'])['matchLabels']) }),
    subsets: list(spec['subsets']).map((item, index) => {
      const subset = tree(item);
      unsupported.check(`subsets[${index}]`, subset, ['name', 'labels', 'trafficPolicy']);
      return {
        name: text(subset['name']) ?? '',
        labels: labels(subset['labels']),
        policy: 'trafficPolicy' in subset ? readTrafficPolicy(subset['trafficPolicy']) : undefined,
        portPolicies: readPortPolicies(subset['trafficPolicy']),
      };
    }),
  };
}

/** TLS with certificates of a Secret is not simulated, and plaintext would be the opposite. */
function noteForeignTls(path: string, policy: unknown, unsupported: Unsupported): void {
  const settings = [
    [path, policy],
    ...list(tree(policy)['portLevelSettings']).map((item, index) => [
      `${path}.portLevelSettings[${index}]`,
      item,
    ]),
  ] as const;
  for (const [where, value] of settings) {
    const { mode, credentialName } = tree(tree(value)['tls']);
    if ((mode === 'SIMPLE' || mode === 'MUTUAL') && text(credentialName)) unsupported.fail(`${where}.tls`);
  }
}

/** Reads a PeerAuthentication; notes the fields that have no effect. */
export function readPeerAuthentication(
  object: KubernetesObject,
  unsupported: Unsupported,
): PeerAuthenticationConfig {
  const spec = tree(object['spec']);
  unsupported.check('', spec, ['selector', 'mtls', 'portLevelMtls']);
  const selector = labels(tree(spec['selector'])['matchLabels']);
  return {
    key: keyOf(object),
    namespace: object.metadata.namespace ?? '',
    selector: Object.keys(selector).length > 0 ? selector : undefined,
    mode: modeOf(spec['mtls']),
    ports: Object.fromEntries(
      Object.entries(tree(spec['portLevelMtls'])).map(([port, mtls]) => [Number(port), modeOf(mtls)]),
    ),
  };
}

function modeOf(mtls: unknown): PeerMode | undefined {
  const mode = text(tree(mtls)['mode']);
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}
