/** Which parts a profile installs, with what the operator asks for laid over it. */
import type { IstioBehaviour } from '../behaviour.ts';
import type { GatewaySettings } from './component-settings.ts';
import { InstallError } from './install-error.ts';
import type { InstallSettings } from './settings.ts';

interface Parts {
  readonly base: boolean;
  readonly pilot: boolean;
  readonly gateways: readonly GatewaySettings[];
}

/**
 * Applies the profile (manifests/profiles/*.yaml), then the operator's own components.
 * @throws InstallError if an egress gateway is enabled
 */
export function partsOf(behaviour: IstioBehaviour, settings: InstallSettings): Parts {
  const { profile, components } = settings;
  const isRemote = behaviour.install.remoteBy === 'profile' && profile === 'remote';
  const hasIngress = profile === 'default' || (profile === 'remote' && !isRemote);
  const asked = components.ingressGateways ?? [];
  if ((components.egressGateways ?? []).some(({ enabled }) => enabled))
    throw new InstallError('components.egressGateways: egress gateways are not simulated');
  const ingress: GatewaySettings = {
    name: 'istio-ingressgateway',
    enabled: true,
    label: {},
    k8s: { env: [], service: {}, serviceAnnotations: {}, podAnnotations: {} },
  };
  // An entry of the operator with the same name replaces the profile's own.
  const gateways =
    hasIngress && !asked.some(({ name }) => name === ingress.name) ? [ingress, ...asked] : asked;
  return {
    base: components.base.enabled ?? profile !== 'empty',
    pilot: components.pilot.enabled ?? (profile !== 'empty' && !isRemote),
    gateways: gateways.filter(({ enabled }) => enabled),
  };
}
