/**
 * "Configure … as a primary", "… as a remote", and the annotation that puts a remote into an istiod's hands.
 */
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  remotesOf,
  type Topology,
} from '../../../model/topology.ts';
import { awaitGatewayAddress, installFile, kubectl } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { addressVariable, hasGateway, hasWorkloads, isControlPlane } from '../../mesh.ts';
import { sectionFor } from './guide.ts';
import { needsCacerts } from './trust.ts';

const manyNetworksLabel = (topology: Topology, cluster: ClusterSpec): readonly string[] =>
  isMultiNetwork(topology) ? [`${cluster.name}/label-network`] : [];

export function installPrimaryStep(topology: Topology, cluster: ClusterSpec): StepDraft {
  const idle = !hasWorkloads(cluster) && !hasGateway(topology, cluster);
  return {
    id: `${cluster.name}/install-istio`,
    title: `Configure ${cluster.name} as a primary`,
    cluster: cluster.name,
    guide: sectionFor(topology, cluster, `Configure ${cluster.name} as a primary`),
    dependsOn: [
      ...(needsCacerts(topology) ? [`${cluster.name}/create-cacerts`] : []),
      ...manyNetworksLabel(topology, cluster),
    ],
    files: [{ path: `${cluster.name}.yaml`, content: primaryFile(topology, cluster) }],
    commands: [installFile(cluster.name)],
    omission: idle
      ? { harmless: true, because: 'nothing runs in this cluster' }
      : { harmless: false, because: 'its pods get no sidecar (1/1 ready), and it has no control plane' },
    errata: ['prompt'],
  };
}

function primaryFile(topology: Topology, cluster: ClusterSpec): string {
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
    // Lets this istiod write root certificates and CA bundles into clusters that name it as their control
    // plane.
    ...(isControlPlane(topology, cluster) ? ['      externalIstiod: true'] : []),
    '',
  ].join('\n');
}

export function annotateStep(topology: Topology, cluster: ClusterSpec): StepDraft {
  const primary = controlPlaneOf(cluster);
  return {
    id: `${cluster.name}/set-control-plane`,
    title: `Set ${primary} as the control plane cluster of ${cluster.name}`,
    cluster: cluster.name,
    guide: sectionFor(topology, cluster, `Set the control plane cluster for ${cluster.name}`),
    dependsOn: [`${cluster.name}/create-namespace`],
    files: [],
    commands: [
      kubectl(cluster.name, [
        'annotate',
        'namespace',
        'istio-system',
        `topology.istio.io/controlPlaneClusters=${primary}`,
      ]),
    ],
    omission: {
      harmless: false,
      because: `${primary}'s istiod does not lead here: the webhook has no CA bundle, and no pod can be created (x509)`,
    },
    errata: [],
  };
}

/** Returns a step for each control plane that has remotes. */
export function saveAddressStep(topology: Topology, primary: ClusterSpec): StepDraft {
  return {
    id: `${primary.name}/save-address`,
    title: `Save the address of ${primary.name}'s east-west gateway`,
    cluster: primary.name,
    guide: sectionFor(
      topology,
      primary,
      `Configure ${remotesOf(topology, primary.name)[0]?.name} as a remote`,
    ),
    dependsOn: [],
    // The Service has its address before the gateway's pod is ready, and a remote needs no more.
    follows: [`${primary.name}/install-gateway`],
    files: [],
    commands: [awaitGatewayAddress(primary.name, addressVariable(topology, primary.name))],
    omission: {
      harmless: false,
      because:
        'the address is empty: a remote gets no Service istiod, and no pod can be created (service "istiod" not found)',
    },
    errata: ['address-not-awaited', 'address-ip-only'],
  };
}

export function installRemoteStep(topology: Topology, cluster: ClusterSpec): StepDraft {
  const primary = controlPlaneOf(cluster);
  return {
    id: `${cluster.name}/install-istio`,
    title: `Configure ${cluster.name} as a remote`,
    cluster: cluster.name,
    guide: sectionFor(topology, cluster, `Configure ${cluster.name} as a remote`),
    dependsOn: [
      `${cluster.name}/set-control-plane`,
      ...manyNetworksLabel(topology, cluster),
      `${primary}/save-address`,
    ],
    files: [{ path: `${cluster.name}.yaml`, content: remoteFile(topology, cluster) }],
    commands: [installFile(cluster.name)],
    omission:
      hasWorkloads(cluster) || hasGateway(topology, cluster)
        ? {
            harmless: false,
            because: 'it has no webhook and no way to istiod: its pods get no sidecar (1/1 ready)',
          }
        : { harmless: true, because: 'nothing runs in this cluster' },
    errata: ['prompt'],
  };
}

function remoteFile(topology: Topology, cluster: ClusterSpec): string {
  return [
    'apiVersion: install.istio.io/v1alpha1',
    'kind: IstioOperator',
    'spec:',
    '  profile: remote',
    '  values:',
    '    istiodRemote:',
    `      injectionPath: /inject/cluster/${cluster.name}/net/${cluster.network}`,
    '    global:',
    `      remotePilotAddress: \${${addressVariable(topology, controlPlaneOf(cluster))}}`,
    '',
  ].join('\n');
}
