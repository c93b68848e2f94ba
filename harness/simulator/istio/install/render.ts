/**
 * `istioctl install` as a pure function: IstioOperator documents → the objects of the installation, in order,
 * and what it waits for.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { behaviourOf } from '../releases.ts';
import { coreObjects } from './base-objects.ts';
import type { GatewayInstall } from './gateway-container.ts';
import { demandGatewayNames } from './gateway-names.ts';
import { gatewayObjects } from './gateway-objects.ts';
import type { InstallComponent, InstallPlan, WaitTarget } from './install-plan.ts';
import { istiodObjects } from './istiod-objects.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import { withoutLater } from './later-settings.ts';
import { Marks } from './marks.ts';
import { valuesConfigMap } from './mesh-configuration.ts';
import { notesOn } from './notes.ts';
import { mergeTrees, readOperator, type Tree } from './operator-document.ts';
import { overProfile, partsOf, type WantedGateway } from './profile.ts';
import { readerObjects } from './reader-objects.ts';
import { releaseNames } from './release.ts';
import { remoteDiscoveryOf18, remoteIstiod } from './remote-objects.ts';
import { type InstallSettings, readSettings } from './settings.ts';
import { defaultTagObjects, type Tag, tagObjects } from './tag-objects.ts';
import { toldOf } from './told-objects.ts';
import { injectionWebhooks } from './webhook-objects.ts';

const GATEWAY_COMPONENTS = [
  ['ingress', 'Ingress gateways'],
  ['egress', 'Egress gateways'],
] as const;

/** Which istioctl renders, and its `--set` flags. */
export interface InstallOptions {
  /** The Istio release: `1.8.0`, `1.30.3`. */
  readonly version: string;
  /** One `path=value` for each `--set`. */
  readonly settings?: readonly string[];
  /** `--force`: what is wrong or not simulated is left out, and told. */
  readonly force?: boolean;
}

/**
 * Computes what `istioctl install` would apply.
 * @param documents - one text for each `-f`
 * @throws InstallError with istioctl's own words
 */
export function renderInstall(documents: readonly string[], options: InstallOptions): InstallPlan {
  const behaviour = behaviourOf(options.version);
  const operator = readOperator(documents, options.settings, behaviour.install.keepsTexts);
  demandGatewayNames(behaviour, operator.spec);
  const settings = withoutLater(
    readSettings(overProfile(operator.spec), options.force),
    behaviour.line,
    options.force,
  );
  const { revision } = settings;
  const names = releaseNames(behaviour, options.version, revision);
  const { global } = settings.values;
  const images = {
    hub: settings.hub || global.hub || names.hub,
    tag: settings.tag || global.tag || options.version,
  };
  const parts = partsOf(behaviour, settings);
  // Only current takes the word remote by itself; in 1.8 an address is what makes a remote
  // (manifests/profiles/remote.yaml @1.8.0 is empty).
  const isRemote = behaviour.install.remoteBy === 'profile' && settings.profile === 'remote';

  const components: InstallComponent[] = [];
  const add = (name: string, objects: readonly KubernetesObject[]) => {
    if (objects.length > 0) components.push({ name, objects, waitsFor: waitTargets(objects) });
  };
  if (parts.base) {
    const remoteOf18 = behaviour.install.remoteBy === 'address' && global.remotePilotAddress !== '';
    add('Istio core', [
      ...coreObjects(behaviour, names, settings, isRemote),
      ...(remoteOf18 ? remoteDiscoveryOf18(global.remotePilotAddress) : []),
    ]);
  }
  if (parts.pilot) add('Istiod', istiodObjects({ behaviour, names, settings, images }));
  if (isRemote) add('Istiod', remoteObjects(behaviour, settings));
  for (const [kind, name] of GATEWAY_COMPONENTS)
    add(
      name,
      parts.gateways
        .filter(each => each.kind === kind)
        .flatMap(wanted => gatewayObjects(gatewayInstall(behaviour, settings, wanted, images))),
    );

  const objects = components.flatMap(component => component.objects);
  const told = [...settings.leftOut, ...notesOn(operator.spec)];
  const stateName = behaviour.install.ownerOf(operator.name);
  const marks = new Marks(behaviour, stateName, options.version, revision);
  const isTagged = parts.pilot || isRemote;
  const hooks = { path: injectionPath(settings, isRemote), revision, isRemote };
  return {
    version: options.version,
    profile: settings.profile,
    namespace: systemNamespace(behaviour, settings),
    components: components.map(component => marks.onComponent(component)),
    revision,
    tags: isTagged ? marks.onTags(defaultTagObjects(behaviour, hooks)) : [],
    told: [...told, ...toldOf(behaviour.line, objects, told)],
    stateName,
    ...(behaviour.install.recordsState && { state: stateResource(stateName, operator.spec, settings) }),
  };
}

function gatewayInstall(
  behaviour: IstioBehaviour,
  settings: InstallSettings,
  { kind, settings: gateway }: WantedGateway,
  { hub, tag }: { readonly hub: string; readonly tag: string },
): GatewayInstall {
  return {
    behaviour,
    kind,
    gateway,
    values: settings.values.gateways[`istio-${kind}gateway`],
    settings,
    namespace: gateway.namespace || ISTIO_NAMESPACE,
    image: `${gateway.hub ?? hub}/proxyv2:${gateway.tag ?? tag}`,
  };
}

/**
 * Returns the service account and the rights of the default profile, which `create-remote-secret` makes where
 * they are missing.
 * @param version - of istioctl
 */
export function renderReader(version: string): readonly KubernetesObject[] {
  const behaviour = behaviourOf(version);
  return readerObjects(behaviour, releaseNames(behaviour, version, 'default'), {
    isRemote: false,
    externalIstiod: false,
  });
}

/**
 * Returns the objects of a tag, which `istioctl tag` makes; none in 1.8, which has no tags.
 * @param version - of istioctl
 */
export const renderTag = (version: string, tag: Tag): readonly KubernetesObject[] => {
  const behaviour = behaviourOf(version);
  return behaviour.install.injectionWebhooks === 'one' ? [] : tagObjects(behaviour, tag);
};

/** current, `profile: remote`: no control plane, only the ways to one. */
function remoteObjects(behaviour: IstioBehaviour, settings: InstallSettings): KubernetesObject[] {
  const { remotePilotAddress } = settings.values.global;
  return [
    valuesConfigMap(settings),
    // An empty address renders neither: the webhook then finds no Service (F7).
    ...(remotePilotAddress === '' ? [] : remoteIstiod(remotePilotAddress, settings.revision)),
    ...injectionWebhooks(behaviour, {
      path: injectionPath(settings, true),
      revision: settings.revision,
    }),
  ];
}

const injectionPath = ({ values }: InstallSettings, isRemote: boolean): string =>
  (isRemote && values.istiodRemote.injectionPath) || '/inject';

function systemNamespace(behaviour: IstioBehaviour, settings: InstallSettings): KubernetesObject {
  const labels = behaviour.install.namespaceLabels(settings.values.global.network);
  return kubernetesObject('v1', 'Namespace', { name: ISTIO_NAMESPACE, labels });
}

function waitTargets(objects: readonly KubernetesObject[]): WaitTarget[] {
  return objects.flatMap(({ kind, metadata: { name = '', namespace } }) =>
    kind === 'CustomResourceDefinition' || kind === 'Deployment'
      ? [{ kind, name, ...(namespace !== undefined && { namespace }) } satisfies WaitTarget]
      : [],
  );
}

function stateResource(name: string, asked: Tree, settings: InstallSettings): KubernetesObject {
  const spec = mergeTrees({ profile: settings.profile }, asked);
  return kubernetesObject(
    'install.istio.io/v1alpha1',
    'IstioOperator',
    { name, namespace: ISTIO_NAMESPACE },
    { spec },
  );
}
