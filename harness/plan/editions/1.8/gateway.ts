/** The east-west gateway, and what is exposed on it. */
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  isRemote,
  type Topology,
} from '../../../model/topology.ts';
import { applySample, installGateway } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { isControlPlane, isEntered, isOnlyGateway, servedBy } from '../../mesh.ts';
import type { Omission } from '../../step.ts';
import { passageOn } from './guide.ts';

export function installGatewayStep(topology: Topology, cluster: ClusterSpec): StepDraft {
  const args = ['--mesh', topology.meshId, '--cluster', cluster.name, '--network', cluster.network];
  return {
    id: `${cluster.name}/install-gateway`,
    title: 'Install a gateway that is dedicated to east-west traffic',
    cluster: cluster.name,
    guide: passageOn('gateway', topology, cluster),
    dependsOn: [`${cluster.name}/install-istio`],
    files: [],
    commands: installGateway(cluster.name, args),
    omission: gatewayOmission(topology, cluster),
    errata: ['script-lacks-value', 'operator-applied', 'assumed-folder', 'refused-name'],
  };
}

function gatewayOmission(topology: Topology, cluster: ClusterSpec): Omission {
  if (isControlPlane(topology, cluster))
    return { harmless: false, because: 'there is no address at which its remotes could reach istiod' };
  if (!isEntered(topology, cluster.network))
    return { harmless: true, because: `no request comes into ${cluster.network} from another network` };
  if (!isOnlyGateway(topology, cluster))
    return { harmless: true, because: `another gateway of ${cluster.network} reaches the same pods` };
  return {
    harmless: false,
    because: `clients on other networks are given its pods' own addresses, which they cannot reach`,
  };
}

export function exposeIstiodStep(topology: Topology, primary: ClusterSpec): StepDraft {
  return {
    id: `${primary.name}/expose-istiod`,
    title: 'Expose the control plane',
    cluster: primary.name,
    guide: passageOn('expose-istiod', topology, primary),
    dependsOn: [`${primary.name}/install-istio`],
    files: [],
    commands: [applySample(primary.name, 'multicluster/expose-istiod.yaml')],
    omission: {
      harmless: false,
      because:
        'the gateway refuses connections to istiod: the install of each remote fails, and its pods stay 1/2 ready',
    },
    errata: ['assumed-folder'],
  };
}

export function exposeServicesStep(topology: Topology, cluster: ClusterSpec): StepDraft {
  return {
    id: `${cluster.name}/expose-services`,
    title: 'Expose all services (*.local) on the east-west gateway',
    cluster: cluster.name,
    guide: passageOn('expose-services', topology, cluster),
    dependsOn: [`${cluster.name}/install-istio`],
    files: [],
    commands: [applySample(cluster.name, 'multicluster/expose-services.yaml', '-n', 'istio-system')],
    omission: exposeServicesOmission(topology, cluster),
    errata: ['assumed-folder', ...(isRemote(cluster) ? ['config-in-remote'] : [])],
  };
}

function exposeServicesOmission(topology: Topology, cluster: ClusterSpec): Omission {
  if (isRemote(cluster)) {
    return {
      harmless: true,
      because: `its gateway is configured by ${controlPlaneOf(cluster)}'s istiod, which reads ${controlPlaneOf(cluster)}'s copy`,
    };
  }
  const matters = servedBy(topology, cluster.name).some(({ network }) => isEntered(topology, network));
  return matters && isMultiNetwork(topology)
    ? {
        harmless: false,
        because: 'the gateways that its istiod configures refuse connections from other networks (15443)',
      }
    : { harmless: true, because: 'no request comes in through the gateways that its istiod configures' };
}
