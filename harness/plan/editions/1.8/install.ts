/** "Configure … as a primary", "… as a remote": the IstioOperator file and `istioctl install`. */
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  isRemote,
  type Topology,
} from '../../../model/topology.ts';
import { awaitGatewayAddress, installFile } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { addressVariable, hasGateway, hasWorkloads, isControlPlane } from '../../mesh.ts';
import type { Omission } from '../../step.ts';
import { passageOn } from './guide.ts';

export function installPrimaryStep(topology: Topology, cluster: ClusterSpec): StepDraft {
  const oneNetwork = !isMultiNetwork(topology);
  return {
    id: `${cluster.name}/install-istio`,
    title: 'Install Istio',
    cluster: cluster.name,
    guide: passageOn('install', topology, cluster),
    dependsOn: [`${cluster.name}/create-cacerts`],
    files: [{ path: `${cluster.name}.yaml`, content: primaryFile(topology, cluster) }],
    commands: [installFile(cluster.name)],
    omission: omission(topology, cluster),
    errata: [
      'unanswered-prompt',
      'refused-name',
      ...(oneNetwork ? ['unused-mesh-networks'] : []),
      ...(oneNetwork && isControlPlane(topology, cluster) ? ['unset-variable', 'broken-by-expansion'] : []),
    ],
  };
}

/**
 * Returns a step for each control plane that has remotes; the guide asks for the address once, for its one
 * remote.
 */
export function saveAddressStep(topology: Topology, primary: ClusterSpec): StepDraft {
  return {
    id: `${primary.name}/save-address`,
    title: `Save the address of ${primary.name}'s east-west gateway`,
    cluster: primary.name,
    guide: passageOn('address', topology, primary),
    dependsOn: [`${primary.name}/install-gateway`],
    files: [],
    commands: [awaitGatewayAddress(primary.name, addressVariable(topology, primary.name))],
    omission: {
      harmless: false,
      because:
        'the address is empty: each remote silently becomes a primary of its own that knows no other cluster',
    },
    errata: ['address-not-awaited', 'address-by-ip-only', 'other-gateway'],
  };
}

export function installRemoteStep(topology: Topology, cluster: ClusterSpec): StepDraft {
  const primary = controlPlaneOf(cluster);
  return {
    id: `${cluster.name}/install-istio`,
    title: 'Install a remote configuration',
    cluster: cluster.name,
    guide: passageOn('install', topology, cluster),
    // Its ingress gateway is configured by the primary's istiod, which must be reachable and know this
    // cluster before istioctl's waiting ends.
    dependsOn: [
      `${cluster.name}/create-cacerts`,
      `${primary}/save-address`,
      `${primary}/expose-istiod`,
      `remote-secret/${cluster.name}-in-${primary}`,
    ],
    files: [{ path: `${cluster.name}.yaml`, content: remoteFile(topology, cluster) }],
    commands: [installFile(cluster.name)],
    omission: omission(topology, cluster),
    errata: ['unanswered-prompt', 'refused-name', ...(isMultiNetwork(topology) ? ['stdin-beside-file'] : [])],
  };
}

function omission(topology: Topology, cluster: ClusterSpec): Omission {
  if (!hasWorkloads(cluster) && !hasGateway(topology, cluster))
    return { harmless: true, because: 'nothing runs in this cluster' };
  return {
    harmless: false,
    because: isRemote(cluster)
      ? 'its pods get no sidecar (1/1 ready)'
      : 'its pods get no sidecar (1/1 ready), and it has no control plane',
  };
}

function primaryFile(topology: Topology, cluster: ClusterSpec): string {
  return [
    ...header(topology, cluster),
    '      meshNetworks:',
    ...topology.networks.flatMap(({ name }) => [
      `        ${name}:`,
      '          endpoints:',
      // As in the guide, which names the cluster's own registry first.
      ...topology.clusters
        .filter(({ network }) => network === name)
        .sort((one, other) => Number(other === cluster) - Number(one === cluster))
        .map(member => `          - fromRegistry: ${member.name}`),
      '          gateways:',
      '          - registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local',
      '            port: 15443',
    ]),
    '',
  ].join('\n');
}

function remoteFile(topology: Topology, cluster: ClusterSpec): string {
  const variable = addressVariable(topology, controlPlaneOf(cluster));
  return [...header(topology, cluster), `      remotePilotAddress: \${${variable}}`, ''].join('\n');
}

function header(topology: Topology, cluster: ClusterSpec): readonly string[] {
  return [
    'apiVersion: install.istio.io/v1alpha1',
    'kind: IstioOperator',
    'spec:',
    '  values:',
    '    global:',
    `      meshID: ${topology.meshId}`,
    '      multiCluster:',
    `        clusterName: ${cluster.name}`,
    `      network: ${cluster.network}`,
  ];
}
