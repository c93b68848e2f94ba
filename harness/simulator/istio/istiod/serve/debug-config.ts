/** The debug pages about configuration and about what istiod has made of it. */
import type { DebugSources, Page } from './debug-page.ts';
import { networks } from './debug-services.ts';

/** Istio's resources as the API server has them; of the kinds that have an effect here. */
export const configObjects: Page = ({ configObjects: objects }) =>
  objects.map(({ kind, apiVersion, metadata: { managedFields: _, ...metadata }, ...rest }) => ({
    kind,
    apiVersion,
    metadata,
    ...rest,
  }));

/** Of the mesh's configuration what has an effect here. */
export const mesh: Page = ({ state, settings }) => {
  const { trustDomain, accessLogFile, outboundTrafficPolicy, enableAutoMtls, defaultConfig } = state.mesh;
  return {
    ...(accessLogFile !== '' && { accessLogFile }),
    defaultConfig,
    outboundTrafficPolicy: { mode: outboundTrafficPolicy },
    enableAutoMtls,
    trustDomain,
    rootNamespace: settings.namespace,
  };
};

/** The templates of injection by name. */
export const injectionTemplates: Page = ({ injectionTemplates: templates }) => templates;

/** Authorization is not simulated: istiod has no policies. */
export const authorization: Page = ({ settings }) => ({ authorization_policies: noPolicies(settings) });

/** Telemetry is not simulated: istiod has no such resources. */
export const telemetry: Page = ({ settings }) => ({
  telemetries: { namespace_to_telemetries: {}, root_namespace: settings.namespace },
});

const noPolicies = ({ namespace }: DebugSources['settings']) => ({
  namespace_to_policies: {},
  root_namespace: namespace,
});

/** What a push is made from, as far as istiod shows it. */
export const pushContext: Page = (sources, query) => ({
  AuthorizationPolicies: noPolicies(sources.settings),
  NetworkGateways: networks(sources, query),
  UnresolvedGateways: null,
});

/** What istiod keeps ready to send: its names, with `?sizes` its sizes; `?clear` drops it. */
export const cache: Page = ({ resources }, query) => {
  if (query.get('clear')) {
    resources.clear();
    return 'Cache cleared\n';
  }
  const cached = resources.cached();
  if (!query.get('sizes'))
    return Object.fromEntries(
      [...cached].map(([typeUrl, found]) => [typeUrl, found.map(({ name }) => name)]),
    );
  const sizes = [...cached].map(
    ([typeUrl, found]) => [typeUrl, found.reduce((sum, { body }) => sum + body.length, 0)] as const,
  );
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  return Object.fromEntries(
    [...sizes, ['total', total] as const].map(([name, size]) => [name, bytesText(size)]),
  );
};

/** pilot/pkg/networking/util, ByteCount @1.30.3: in thousands. */
function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes}B`;
  const exponent = Math.min(Math.floor(Math.log10(bytes) / 3), 3);
  return `${(bytes / 1000 ** exponent).toFixed(1)}${'kMG'[exponent - 1]}B`;
}

const SECURITY = 'security.istio.io';
const NETWORKING = 'networking.istio.io';
const GATEWAYS = 'gateway.networking.k8s.io';

/** The kinds that istiod reads, in its order (1.31; the simulated one reads four of them). */
const KINDS: readonly (readonly [group: string, version: string, kind: string])[] = [
  [SECURITY, 'v1', 'AuthorizationPolicy'],
  [GATEWAYS, 'v1', 'BackendTLSPolicy'],
  [NETWORKING, 'v1', 'DestinationRule'],
  [NETWORKING, 'v1alpha3', 'EnvoyFilter'],
  [GATEWAYS, 'v1', 'GRPCRoute'],
  [NETWORKING, 'v1', 'Gateway'],
  [GATEWAYS, 'v1', 'GatewayClass'],
  [GATEWAYS, 'v1', 'HTTPRoute'],
  [GATEWAYS, 'v1', 'Gateway'],
  [GATEWAYS, 'v1', 'ListenerSet'],
  [SECURITY, 'v1', 'PeerAuthentication'],
  [NETWORKING, 'v1beta1', 'ProxyConfig'],
  [GATEWAYS, 'v1beta1', 'ReferenceGrant'],
  [SECURITY, 'v1', 'RequestAuthentication'],
  [NETWORKING, 'v1', 'ServiceEntry'],
  [NETWORKING, 'v1', 'Sidecar'],
  [GATEWAYS, 'v1', 'TCPRoute'],
  [GATEWAYS, 'v1', 'TLSRoute'],
  ['telemetry.istio.io', 'v1', 'Telemetry'],
  ['extensions.istio.io', 'v1alpha1', 'TrafficExtension'],
  [NETWORKING, 'v1', 'VirtualService'],
  ['extensions.istio.io', 'v1alpha1', 'WasmPlugin'],
  [NETWORKING, 'v1', 'WorkloadEntry'],
  [NETWORKING, 'v1', 'WorkloadGroup'],
  ['networking.k8s.io', 'v1', 'Ingress'],
];

/** The kinds that istiod knows. */
export const kinds: Page = () => KINDS.map(([group, version, kind]) => ({ group, version, kind }));
