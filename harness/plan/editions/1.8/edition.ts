/** The guide as one page with four tabs, for Istio 1.8.0, its mistakes repaired. */
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  isRemote,
  primariesOf,
  type Topology,
} from '../../../model/topology.ts';
import type { Edition, StepDraft } from '../../edition.ts';
import { hasGateway, isControlPlane } from '../../mesh.ts';
import { verificationSteps } from '../../verification.ts';
import { remoteSecretSteps } from './endpoint-discovery.ts';
import { ERRATA } from './errata.ts';
import { exposeIstiodStep, exposeServicesStep, installGatewayStep } from './gateway.ts';
import { installPrimaryStep, installRemoteStep, saveAddressStep } from './install.ts';
import { trustSteps } from './trust.ts';
import { VERIFY } from './verify.ts';

export const edition18: Edition = {
  name: '1.8',
  istioVersion: '1.8.0',
  client: VERIFY.client,
  summary: 'The multicluster guide of 2020: one page, meshNetworks, an istiod in every cluster.',
  errata: ERRATA,
  steps(topology: Topology): readonly StepDraft[] {
    const manyNetworks = isMultiNetwork(topology);
    const secrets = remoteSecretSteps(topology);
    const attaches = ({ id }: StepDraft, cluster: ClusterSpec) =>
      id === `remote-secret/${cluster.name}-in-${controlPlaneOf(cluster)}`;
    const remotes = topology.clusters.filter(isRemote);
    return [
      ...trustSteps(topology),
      ...primariesOf(topology).flatMap(cluster => [
        installPrimaryStep(topology, cluster),
        ...(hasGateway(topology, cluster) ? [installGatewayStep(topology, cluster)] : []),
        ...(isControlPlane(topology, cluster) ? [exposeIstiodStep(topology, cluster)] : []),
        ...(manyNetworks ? [exposeServicesStep(topology, cluster)] : []),
      ]),
      // Before the remote's install, where the guide has it after: see the erratum secret-after-remote.
      ...secrets.filter(step => remotes.some(cluster => attaches(step, cluster))),
      ...primariesOf(topology)
        .filter(cluster => isControlPlane(topology, cluster))
        .map(cluster => saveAddressStep(topology, cluster)),
      ...remotes.flatMap(cluster => [
        installRemoteStep(topology, cluster),
        ...(manyNetworks
          ? [installGatewayStep(topology, cluster), exposeServicesStep(topology, cluster)]
          : []),
      ]),
      ...secrets.filter(step => !remotes.some(cluster => attaches(step, cluster))),
      ...verificationSteps(topology, VERIFY),
    ];
  },
};
