/**
 * The custom resource definitions of the releases, with open schemas: istiod looks at the fields, not the API
 * server.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { kubernetesObject } from './kubernetes-objects.ts';

interface Definition {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly versions: Readonly<Record<IstioBehaviour['line'], readonly string[]>>;
}

const NETWORKING = 'networking.istio.io';
const SECURITY = 'security.istio.io';
/** The last one is stored. */
const ROUTING_VERSIONS = { '1.8': ['v1beta1', 'v1alpha3'], current: ['v1alpha3', 'v1beta1', 'v1'] } as const;
const SECURITY_VERSIONS = { '1.8': ['v1beta1'], current: ['v1beta1', 'v1'] } as const;
const ALPHA = { '1.8': ['v1alpha3'], current: ['v1alpha3'] } as const;
const CURRENT_ONLY = (...versions: string[]) => ({ '1.8': [], current: versions });

const DEFINITIONS: readonly Definition[] = [
  {
    group: NETWORKING,
    plural: 'destinationrules',
    kind: 'DestinationRule',
    shortNames: ['dr'],
    versions: ROUTING_VERSIONS,
  },
  { group: NETWORKING, plural: 'envoyfilters', kind: 'EnvoyFilter', versions: ALPHA },
  { group: NETWORKING, plural: 'gateways', kind: 'Gateway', shortNames: ['gw'], versions: ROUTING_VERSIONS },
  {
    group: NETWORKING,
    plural: 'serviceentries',
    kind: 'ServiceEntry',
    shortNames: ['se'],
    versions: ROUTING_VERSIONS,
  },
  { group: NETWORKING, plural: 'sidecars', kind: 'Sidecar', versions: ROUTING_VERSIONS },
  {
    group: NETWORKING,
    plural: 'virtualservices',
    kind: 'VirtualService',
    shortNames: ['vs'],
    versions: ROUTING_VERSIONS,
  },
  {
    group: NETWORKING,
    plural: 'workloadentries',
    kind: 'WorkloadEntry',
    shortNames: ['we'],
    versions: ROUTING_VERSIONS,
  },
  {
    group: NETWORKING,
    plural: 'workloadgroups',
    kind: 'WorkloadGroup',
    shortNames: ['wg'],
    versions: { '1.8': ['v1alpha3'], current: ROUTING_VERSIONS.current },
  },
  { group: NETWORKING, plural: 'proxyconfigs', kind: 'ProxyConfig', versions: CURRENT_ONLY('v1beta1') },
  {
    group: SECURITY,
    plural: 'authorizationpolicies',
    kind: 'AuthorizationPolicy',
    shortNames: ['ap'],
    versions: SECURITY_VERSIONS,
  },
  {
    group: SECURITY,
    plural: 'peerauthentications',
    kind: 'PeerAuthentication',
    shortNames: ['pa'],
    versions: SECURITY_VERSIONS,
  },
  {
    group: SECURITY,
    plural: 'requestauthentications',
    kind: 'RequestAuthentication',
    shortNames: ['ra'],
    versions: SECURITY_VERSIONS,
  },
  {
    group: 'telemetry.istio.io',
    plural: 'telemetries',
    kind: 'Telemetry',
    versions: CURRENT_ONLY('v1alpha1', 'v1'),
  },
  {
    group: 'extensions.istio.io',
    plural: 'wasmplugins',
    kind: 'WasmPlugin',
    versions: CURRENT_ONLY('v1alpha1'),
  },
  {
    group: 'extensions.istio.io',
    plural: 'trafficextensions',
    kind: 'TrafficExtension',
    versions: CURRENT_ONLY('v1alpha1'),
  },
  {
    group: 'install.istio.io',
    plural: 'istiooperators',
    kind: 'IstioOperator',
    shortNames: ['iop', 'io'],
    versions: { '1.8': ['v1alpha1'], current: [] },
  },
];

/** Makes the CustomResourceDefinitions (manifests/charts/base/crds/crd-all.gen.yaml). */
export function customResourceDefinitions(behaviour: IstioBehaviour): KubernetesObject[] {
  return DEFINITIONS.filter(({ versions }) => versions[behaviour.line].length > 0).map(definition => {
    const { group, plural, versions } = definition;
    return kubernetesObject(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      {
        name: `${plural}.${group}`,
        labels: { app: 'istio-pilot', chart: 'istio', heritage: 'Tiller', release: 'istio' },
      },
      {
        spec: {
          group,
          scope: 'Namespaced',
          names: namesOf(definition),
          versions: servedVersions(versions[behaviour.line]),
        },
      },
    );
  });
}

/** Lists what kubectl may call the kind. */
const namesOf = ({ kind, plural, shortNames }: Definition) => ({
  kind,
  listKind: `${kind}List`,
  plural,
  singular: kind.toLowerCase(),
  categories: ['istio-io'],
  ...(shortNames && { shortNames }),
});

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Serves all versions with an open schema and stores the last one. */
const servedVersions = (versions: readonly string[]) =>
  versions.map((name, index) => ({
    name,
    served: true,
    storage: index === versions.length - 1,
    subresources: { status: {} },
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: OPEN, status: OPEN } } },
  }));
