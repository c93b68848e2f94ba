/** The guide as its pages stand today, for Istio 1.30. */
import { isMultiNetwork, isRemote, primariesOf, remotesOf, type Topology } from '../../../model/topology.ts';
import type { Edition, StepDraft } from '../../edition.ts';
import { hasGateway, isControlPlane } from '../../mesh.ts';
import { remoteSecretSteps } from './endpoint-discovery.ts';
import { ERRATA } from './errata.ts';
import { exposeIstiodStep, exposeServicesStep, gatewaySteps } from './gateway.ts';
import { annotateStep, installPrimaryStep, installRemoteStep, saveAddressStep } from './install.ts';
import { labelNetworkSteps, namespaceSteps, trustSteps } from './trust.ts';
import { VERIFY, verifySteps } from './verify.ts';

export const editionCurrent: Edition = {
  name: 'current',
  istioVersion: '1.30.3',
  client: VERIFY.client,
  summary: 'The multicluster pages of today: networks by label, remotes without an istiod of their own.',
  errata: ERRATA,
  steps(topology: Topology): readonly StepDraft[] {
    const manyNetworks = isMultiNetwork(topology);
    const secrets = remoteSecretSteps(topology);
    const primaries = primariesOf(topology);
    const remotes = topology.clusters.filter(isRemote);
    const namespaces = namespaceSteps(topology);
    const labels = labelNetworkSteps(topology);
    const primaryOnly = (step: StepDraft) => primaries.some(({ name }) => name === step.cluster);
    return [
      ...namespaces.filter(primaryOnly),
      ...trustSteps(topology),
      ...primaries.flatMap(cluster => [
        ...labels.filter(step => step.cluster === cluster.name),
        installPrimaryStep(topology, cluster),
        ...(hasGateway(topology, cluster) ? gatewaySteps(topology, cluster) : []),
        ...(isControlPlane(topology, cluster) ? [exposeIstiodStep(topology, cluster)] : []),
        ...(manyNetworks && !isControlPlane(topology, cluster)
          ? [exposeServicesStep(topology, cluster)]
          : []),
      ]),
      ...remotes.flatMap(cluster => [
        ...namespaces.filter(step => step.cluster === cluster.name),
        annotateStep(topology, cluster),
        ...labels.filter(step => step.cluster === cluster.name),
        // Once for all remotes of a control plane, with the first of them.
        ...primaries
          .filter(({ name }) => remotesOf(topology, name)[0] === cluster)
          .map(primary => saveAddressStep(topology, primary)),
        installRemoteStep(topology, cluster),
        ...secrets.filter(({ id }) => id.startsWith(`remote-secret/${cluster.name}-in-`)),
        ...(manyNetworks ? gatewaySteps(topology, cluster) : []),
      ]),
      // The page of primary-remote on several networks exposes services last.
      ...(manyNetworks
        ? primaries
            .filter(cluster => isControlPlane(topology, cluster))
            .map(cluster => exposeServicesStep(topology, cluster))
        : []),
      ...secrets.filter(({ id }) => !remotes.some(({ name }) => id.startsWith(`remote-secret/${name}-in-`))),
      ...verifySteps(topology),
    ];
  },
};
