/** The page "Verify the installation", with curl as the client. */
import {
  type ClusterSpec,
  controlPlaneOf,
  isRemote,
  primariesOf,
  type Topology,
} from '../../../model/topology.ts';
import { istioctl } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { isEntered, remoteSecretsOf } from '../../mesh.ts';
import { remoteSecretId } from '../../remote-secrets.ts';
import { type VerifyText, verificationSteps } from '../../verification.ts';
import { VERIFY_PAGE } from './guide.ts';

const SERVICE = 'Deploy the HelloWorld Service';
const SECTIONS: Readonly<Record<string, string>> = {
  namespace: SERVICE,
  injection: SERVICE,
  service: SERVICE,
  client: 'Deploy curl',
  call: 'Verifying Cross-Cluster Traffic',
};

export const VERIFY: VerifyText = {
  client: 'curl',
  passage: (subject, _isFirst, version) => ({
    page: VERIFY_PAGE,
    section: SECTIONS[subject] ?? `Deploy HelloWorld ${version}`,
  }),
  errata: {
    namespace: [],
    injection: [],
    service: [],
    deploy: [],
    wait: ['running-is-not-ready'],
    client: [],
    call: ['toggle'],
  },
  // A remote's pods are injected by the primary's istiod, which must be reachable and let in.
  injectionNeeds: (cluster: ClusterSpec) =>
    isRemote(cluster)
      ? [
          `remote-secret/${cluster.name}-in-${controlPlaneOf(cluster)}`,
          `${controlPlaneOf(cluster)}/expose-istiod`,
          `${controlPlaneOf(cluster)}/install-gateway`,
        ]
      : [],
  // Until their addresses are known, calls go to pods of the other network themselves, and wait for 10 s.
  entryWaits: topology =>
    topology.clusters
      .filter(({ network }) => isEntered(topology, network))
      .map(({ name }) => `${name}/wait-for-gateway`),
};

export function verifySteps(topology: Topology): readonly StepDraft[] {
  const secrets = remoteSecretsOf(topology);
  const watching = primariesOf(topology).filter(primary => secrets.some(({ holder }) => holder === primary));
  return [
    ...watching.map(
      (primary): StepDraft => ({
        id: `${primary.name}/list-remote-clusters`,
        title: 'Confirm that istiod talks to the API servers of the other clusters',
        cluster: primary.name,
        guide: { page: VERIFY_PAGE, section: 'Verify Multicluster' },
        dependsOn: secrets.filter(({ holder }) => holder === primary).map(remoteSecretId),
        files: [],
        commands: [istioctl(primary.name, ['remote-clusters'])],
        omission: { harmless: true, because: 'it only shows what is there; requests tell whether it works' },
        errata: [],
      }),
    ),
    ...verificationSteps(topology, VERIFY),
  ];
}
