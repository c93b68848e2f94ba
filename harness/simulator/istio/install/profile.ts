/** What a profile asks for by itself, and which parts are installed. manifests/profiles @1.8.0, @1.30.3 */
import type { IstioBehaviour } from '../behaviour.ts';
import type { GatewaySettings } from './component-settings.ts';
import { mergeTrees, type Tree } from './operator-document.ts';
import { isTree } from './setting-path.ts';
import type { InstallSettings } from './settings.ts';

const port = (name: string, number: number, targetPort = number) => ({ name, port: number, targetPort });
const LITTLE = { requests: { cpu: '10m', memory: '40Mi' } };
const SMALL_GATEWAY = { autoscaleEnabled: false, resources: LITTLE };

/** manifests/helm-profiles/demo.yaml @1.30.3; what it says of logs has no effect here. */
const DEMO: Tree = {
  meshConfig: { accessLogFile: '/dev/stdout' },
  values: {
    global: { proxy: { resources: LITTLE } },
    pilot: {
      autoscaleEnabled: false,
      traceSampling: 100,
      resources: { requests: { cpu: '10m', memory: '100Mi' } },
    },
    gateways: {
      'istio-egressgateway': SMALL_GATEWAY,
      'istio-ingressgateway': {
        ...SMALL_GATEWAY,
        ports: [
          port('status-port', 15021),
          port('http2', 80, 8080),
          port('https', 443, 8443),
          port('tcp', 31400),
          port('tls', 15443),
        ],
      },
    },
  },
};

/** Of the preview profile: agents answer for the names of the mesh. */
const PREVIEW: Tree = {
  meshConfig: { defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } } },
};

const PROFILE_TREES: Readonly<Record<string, Tree>> = { demo: DEMO, preview: PREVIEW };

/** Lays an operator's spec over that of the profile that it names. */
export function overProfile(spec: Tree): Tree {
  const under = PROFILE_TREES[String(spec['profile'] ?? '')];
  return under && isTree(spec) ? mergeTrees(under, spec) : spec;
}

/** Which kind of gateway an entry describes; each takes the values of its kind. */
export type GatewayKind = 'ingress' | 'egress';

/** A gateway that will be installed. */
export interface WantedGateway {
  readonly kind: GatewayKind;
  readonly settings: GatewaySettings;
}

interface Parts {
  readonly base: boolean;
  readonly pilot: boolean;
  readonly gateways: readonly WantedGateway[];
}

/** Applies the profile, then the operator's own components. */
export function partsOf(behaviour: IstioBehaviour, settings: InstallSettings): Parts {
  const { profile, components } = settings;
  const isRemote = behaviour.install.remoteBy === 'profile' && profile === 'remote';
  const hasIngress = !isRemote && profile !== 'empty' && profile !== 'minimal';
  return {
    base: components.base.enabled ?? profile !== 'empty',
    pilot: components.pilot.enabled ?? (profile !== 'empty' && !isRemote),
    gateways: [
      ...gatewaysOf(behaviour, settings, 'ingress', hasIngress),
      ...gatewaysOf(behaviour, settings, 'egress', profile === 'demo'),
    ],
  };
}

/**
 * Later releases take the operator's list in place of the profile's; in 1.8 an entry replaces that of the
 * same name. An entry without `enabled` is installed by later releases only
 * (operator/pkg/component/component.go @1.30.3, operator/pkg/name @1.8.0).
 */
function gatewaysOf(
  { install }: IstioBehaviour,
  { components, values }: InstallSettings,
  kind: GatewayKind,
  isOn: boolean,
): readonly WantedGateway[] {
  const name = `istio-${kind}gateway` as const;
  const asked = components[`${kind}Gateways`];
  const own: GatewaySettings = {
    name,
    enabled: isOn || values.gateways[name].enabled === true,
    label: {},
    k8s: { env: [], overlays: [], service: {}, serviceAnnotations: {}, podAnnotations: {} },
  };
  const isReplaced =
    install.gatewayLists === 'replaced' ? asked !== undefined : asked?.some(each => each.name === name);
  return [...(isReplaced ? [] : [own]), ...(asked ?? [])]
    .filter(({ enabled }) => enabled ?? install.gatewayLists === 'replaced')
    .map(settings => ({ kind, settings }));
}
