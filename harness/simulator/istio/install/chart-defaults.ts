/**
 * What the charts have anyhow: a setting that is not simulated is taken if it asks for nothing else.
 * manifests/charts/istio-control/istio-discovery/values.yaml, manifests/charts/base/values.yaml @1.30.3
 */
import type { Tree } from './operator-document.ts';
import { isTree, writeAt } from './setting-path.ts';

/** Below `values`: the path, and the value that the charts have. */
const DEFAULTS: readonly (readonly [path: string, value: string | number | boolean])[] = [
  ['global.sds.token.aud', 'istio-ca'],
  ['global.configCluster', false],
  ['global.istiod.enableAnalysis', false],
  ['global.mountMtlsCerts', false],
  ['global.nativeNftables', false],
  ['global.networkPolicy.enabled', false],
  ['global.omitSidecarInjectorConfigMap', false],
  ['global.oneNamespace', false],
  ['global.operatorManageWebhooks', false],
  ['global.proxy.clusterDomain', 'cluster.local'],
  ['global.proxy.holdApplicationUntilProxyStarts', false],
  ['global.proxy.includeIPRanges', '*'],
  ['global.proxy.includeInboundPorts', '*'],
  ['global.proxy.statusPort', 15020],
  ['pilot.configMap', true],
  ['pilot.taint.enabled', false],
  ['sidecarInjectorWebhook.enableNamespacesByDefault', false],
];
/** What the charts have empty. */
const EMPTY = [
  ...['base.validationURL', 'base.validationCABundle', 'istiodRemote.injectionURL', 'global.caName'],
  ...['global.proxy.excludeIPRanges', 'global.proxy.excludeInboundPorts', 'global.platform'],
  ...['global.proxy.excludeOutboundPorts', 'global.proxy.includeOutboundPorts', 'global.certSigners'],
  ...['pilot.jwksResolverExtraRootCA', 'pilot.volumes', 'pilot.volumeMounts', 'pilot.envVarFrom'],
  ...['sidecarInjectorWebhook.neverInjectSelector', 'sidecarInjectorWebhook.alwaysInjectSelector'],
  ...['sidecarInjectorWebhook.templates', 'sidecarInjectorWebhook.defaultTemplates'],
] as const;

/** Returns values without what is as the charts have it. */
export function withoutDefaults(values: Tree): Tree {
  const asCharted = [
    ...DEFAULTS.filter(([path, value]) => valueAt(values, path) === value).map(([path]) => path),
    ...EMPTY.filter(path => isEmpty(valueAt(values, path))),
  ];
  return asCharted.reduce<Tree>((rest, path) => without(rest, path), values);
}

/** Takes a value away, and objects in which nothing is left. */
function without(values: Tree, path: string): Tree {
  const rest = writeAt(values, path, undefined) as Tree; // values stay an object
  const above = path.split('.').slice(0, -1).join('.');
  const left = above === '' ? undefined : valueAt(rest, above);
  return isTree(left) && Object.keys(left).length === 0 ? without(rest, above) : rest;
}

const isEmpty = (value: unknown): boolean =>
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isTree(value) && Object.keys(value).length === 0);

const valueAt = (values: Tree, path: string): unknown =>
  path.split('.').reduce<unknown>((node, field) => (isTree(node) ? node[field] : undefined), values);
