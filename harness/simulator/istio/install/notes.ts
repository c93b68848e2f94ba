/** Settings that are taken without effect, and are told since they are more than a matter of form. */
import { isDefault } from './chart-defaults.ts';
import type { Tree } from './operator-document.ts';
import { isTree } from './setting-path.ts';

const IN_ITS_PLACE = 'istio-init redirects connections in each pod';

/** The setting, and why calls are as they would be. */
const NOTED: Readonly<Record<string, string>> = {
  'components.cni': IN_ITS_PLACE,
  'values.cni': IN_ITS_PLACE,
  'values.istio_cni': IN_ITS_PLACE,
  'values.pilot.cni': IN_ITS_PLACE,
  'values.pilot.topologySpreadConstraints': 'the scheduler spreads no pods',
  'values.pilot.seccompProfile': 'containers have no system calls',
  'values.global.proxy.seccompProfile': 'containers have no system calls',
  'values.global.proxy.privileged': 'containers have no privileges to gain',
  'values.global.multiCluster.enabled': 'only 1.8 reads it, for gateways of names below .global',
  'values.global.multiCluster.globalDomainSuffix': 'only 1.8 reads it, for names below .global',
  'values.global.multiCluster.includeEnvoyFilter': 'only 1.8 reads it, for names below .global',
  'values.ztunnel': 'there is no ambient mode',
  'values.sidecarInjectorWebhook.rewriteAppHTTPProbe': 'probes are asked by the kubelet as they are',
  'values.sidecarInjectorWebhook.injectedAnnotations': 'annotations of Kubernetes itself change nothing here',
  'meshConfig.extensionProviders': 'policies and telemetry that name one are told when they come',
  'meshConfig.ingressControllerMode': 'Ingress resources are not read',
  'meshConfig.ingressSelector': 'Ingress resources are not read',
  'meshConfig.ingressService': 'Ingress resources are not read',
  'meshConfig.ingressClass': 'Ingress resources are not read',
};

/** Returns a sentence for each setting of a spec that is taken without effect. */
export function notesOn(spec: Tree): readonly string[] {
  return Object.entries(NOTED).flatMap(([path, reason]) =>
    isAsked(path, valueAt(spec, path)) ? [`${path} is not simulated and has no effect: ${reason}`] : [],
  );
}

/** Nobody asks for what the charts have anyhow or, where they have nothing, for what is off or empty. */
function isAsked(path: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const isCharted = isDefault(path.replace(/^values\./, ''), value);
  return isCharted === undefined ? isSet(value) : !isCharted;
}

const isSet = (value: unknown): boolean =>
  value !== false &&
  !(Array.isArray(value) && value.length === 0) &&
  !(isTree(value) && (Object.keys(value).length === 0 || value['enabled'] === false));

const valueAt = (spec: Tree, path: string): unknown =>
  path.split('.').reduce<unknown>((node, field) => (isTree(node) ? node[field] : undefined), spec);
