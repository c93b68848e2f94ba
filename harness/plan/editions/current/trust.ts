/** "Configure Trust" of the page "Before you begin", and the namespace that it needs. */
import type { ClusterName } from '../../../model/names.ts';
import {
  type ClusterSpec,
  isMultiNetwork,
  isRemote,
  primariesOf,
  type Topology,
} from '../../../model/topology.ts';
import { createCacerts, kubectl, makeCertificates } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { BEFORE_YOU_BEGIN, sectionFor } from './guide.ts';

const TRUST = { page: BEFORE_YOU_BEGIN, section: 'Configure Trust' };

/**
 * Lists the clusters that need a CA of their own: primaries, where there are several. One istiod alone signs
 * for all of its remotes.
 */
export function needsCacerts(topology: Topology): boolean {
  return primariesOf(topology).length > 1;
}

export function trustSteps(topology: Topology): readonly StepDraft[] {
  if (!needsCacerts(topology)) return [];
  const primaries = primariesOf(topology);
  return [
    {
      id: 'make-certificates',
      title: 'Make a common root and an intermediate certificate for each primary',
      guide: TRUST,
      dependsOn: [],
      files: [],
      commands: [makeCertificates(primaries.map(({ name }) => name))],
      omission: {
        harmless: false,
        because:
          'no cacerts can be created; each istiod makes a root of its own, and the clusters do not trust each other',
      },
      errata: ['certificates-elsewhere', ...(topology.clusters.some(isRemote) ? ['trust-in-remotes'] : [])],
    },
    ...primaries.map(({ name }) => cacertsStep(name)),
  ];
}

/** Gives a primary its intermediate certificate. */
const cacertsStep = (cluster: ClusterName): StepDraft => ({
  id: `${cluster}/create-cacerts`,
  title: 'Push the certificates as the secret cacerts',
  cluster,
  guide: TRUST,
  dependsOn: ['make-certificates', `${cluster}/create-namespace`],
  files: [],
  commands: [createCacerts(cluster)],
  omission: {
    harmless: false,
    because:
      'its istiod makes a root of its own, and calls to and from other clusters fail in the TLS handshake',
  },
  errata: ['certificates-elsewhere'],
});

/**
 * Returns a step for each cluster in which the namespace must exist before Istio: for cacerts, a label or an
 * annotation.
 */
export function namespaceSteps(topology: Topology): readonly StepDraft[] {
  return topology.clusters
    .filter(cluster => isMultiNetwork(topology) || isRemote(cluster) || needsCacerts(topology))
    .map(
      (cluster): StepDraft => ({
        id: `${cluster.name}/create-namespace`,
        title: 'Create the namespace istio-system',
        cluster: cluster.name,
        guide: passageOnNamespace(topology, cluster),
        dependsOn: [],
        files: [],
        commands: [kubectl(cluster.name, ['create', 'namespace', 'istio-system'])],
        omission: {
          harmless: false,
          because: isRemote(cluster)
            ? 'its annotation is refused (namespaces "istio-system" not found), and no istiod takes it over'
            : 'what is to be put there before the install is refused: namespaces "istio-system" not found',
        },
        errata: errataOfNamespace(topology, cluster),
      }),
    );
}

/** Returns the first place of the guide that puts something into a cluster's istio-system. */
function passageOnNamespace(topology: Topology, cluster: ClusterSpec): StepDraft['guide'] {
  if (isRemote(cluster))
    return sectionFor(topology, cluster, `Set the control plane cluster for ${cluster.name}`);
  if (needsCacerts(topology)) return TRUST;
  return sectionFor(topology, cluster, `Set the default network for ${cluster.name}`);
}

/** Lists the mistakes of the guide that the step of a cluster's namespace answers. */
function errataOfNamespace(topology: Topology, cluster: ClusterSpec): StepDraft['errata'] {
  return [
    // The page of a remote creates it anyhow, for the annotation.
    ...(isMultiNetwork(topology) && !isRemote(cluster) ? ['namespace-condition'] : []),
    ...(!isRemote(cluster) && needsCacerts(topology) ? ['certificates-elsewhere'] : []),
    ...(cluster === topology.clusters[0] ? ['context-names'] : []),
  ];
}

/** Returns the steps of "Set the default network", only for several networks. */
export function labelNetworkSteps(topology: Topology): readonly StepDraft[] {
  if (!isMultiNetwork(topology)) return [];
  return topology.clusters.map(
    (cluster): StepDraft => ({
      id: `${cluster.name}/label-network`,
      title: `Set the default network of ${cluster.name}`,
      cluster: cluster.name,
      guide: sectionFor(topology, cluster, `Set the default network for ${cluster.name}`),
      dependsOn: [`${cluster.name}/create-namespace`],
      files: [],
      commands: [
        kubectl(cluster.name, [
          'label',
          'namespace',
          'istio-system',
          `topology.istio.io/network=${cluster.network}`,
        ]),
      ],
      omission: {
        harmless: true,
        because:
          'injected pods carry the network themselves; only endpoints without a sidecar would be told wrong',
      },
      errata: isRemote(cluster) ? [] : ['namespace-condition'],
    }),
  );
}
