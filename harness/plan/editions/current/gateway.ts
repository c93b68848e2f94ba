/** "Install the east-west gateway", the wait for its address, and what is exposed on it. */
import { type ClusterSpec, controlPlaneOf, isRemote, type Topology } from '../../../model/topology.ts';
import { applySample, awaitGatewayAddress, installGateway } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { gatewayVariable, isControlPlane, isEntered, servedBy } from '../../mesh.ts';
import { sectionFor } from './guide.ts';

/** Returns the steps that install the gateway and wait for its address. */
export function gatewaySteps(topology: Topology, cluster: ClusterSpec): readonly StepDraft[] {
  const primary = controlPlaneOf(cluster);
  const guide = sectionFor(topology, cluster, `Install the east-west gateway in ${cluster.name}`);
  return [
    {
      id: `${cluster.name}/install-gateway`,
      title: `Install the east-west gateway in ${cluster.name}`,
      cluster: cluster.name,
      guide,
      // Its pod is completed by injection. In a remote this takes the primary's istiod: reachable, and let in
      // by the secret.
      dependsOn: [
        `${cluster.name}/install-istio`,
        ...(isRemote(cluster)
          ? [
              `remote-secret/${cluster.name}-in-${primary}`,
              `${primary}/expose-istiod`,
              `${primary}/install-gateway`,
            ]
          : []),
      ],
      files: [],
      commands: installGateway(cluster.name, ['--network', cluster.network]),
      omission: {
        harmless: false,
        because: isControlPlane(topology, cluster)
          ? 'there is no address at which its remotes could reach istiod'
          : 'there is no Service to wait for, and no way into its network',
      },
      errata: [],
    },
    {
      id: `${cluster.name}/wait-for-gateway`,
      title: 'Wait for the east-west gateway to be assigned an external address',
      cluster: cluster.name,
      guide,
      dependsOn: [`${cluster.name}/install-gateway`],
      files: [],
      commands: [awaitGatewayAddress(cluster.name, gatewayVariable(cluster.name))],
      omission: {
        harmless: true,
        because: isControlPlane(topology, cluster)
          ? 'saving the address waits for it again'
          : 'istiod sees the address when it comes, and the verification waits for the mesh to converge',
      },
      errata: ['address-not-awaited', 'address-ip-only'],
    },
  ];
}

export function exposeIstiodStep(topology: Topology, primary: ClusterSpec): StepDraft {
  return {
    id: `${primary.name}/expose-istiod`,
    title: `Expose the control plane in ${primary.name}`,
    cluster: primary.name,
    guide: sectionFor(topology, primary, `Expose the control plane in ${primary.name}`),
    dependsOn: [`${primary.name}/install-istio`],
    files: [],
    commands: [applySample(primary.name, 'multicluster/expose-istiod.yaml', '-n', 'istio-system')],
    omission: {
      harmless: false,
      because:
        'the gateway refuses connections to istiod: no pod can be created in its remotes (connection refused)',
    },
    errata: [],
  };
}

/**
 * Makes the step that exposes services, for primaries only: their istiod configures the gateways of their
 * remotes too.
 */
export function exposeServicesStep(topology: Topology, primary: ClusterSpec): StepDraft {
  const served = servedBy(topology, primary.name);
  const matters = served.some(({ network }) => isEntered(topology, network));
  return {
    id: `${primary.name}/expose-services`,
    title: `Expose services in ${served.map(({ name }) => name).join(' and ')}`,
    cluster: primary.name,
    guide: sectionFor(
      topology,
      primary,
      `Expose services in ${served.map(({ name }) => name).join(' and ')}`,
    ),
    dependsOn: [`${primary.name}/install-istio`],
    files: [],
    commands: [applySample(primary.name, 'multicluster/expose-services.yaml', '-n', 'istio-system')],
    omission: matters
      ? {
          harmless: false,
          because: 'the gateways that its istiod configures refuse connections from other networks (15443)',
        }
      : { harmless: true, because: 'no request comes in through the gateways that its istiod configures' },
    errata: [],
  };
}
