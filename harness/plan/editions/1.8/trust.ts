/** "Configure Trust": a common root, an intermediate for each cluster, pushed as the secret `cacerts`. */
import { isRemote, type Topology } from '../../../model/topology.ts';
import { createCacerts, kubectl, makeCertificates } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { TRUST } from './guide.ts';

export function trustSteps(topology: Topology): readonly StepDraft[] {
  const [first] = topology.clusters;
  const alone = topology.clusters.length === 1;
  return [
    {
      id: 'make-certificates',
      title: 'Make a common root and an intermediate certificate for each cluster',
      guide: TRUST,
      dependsOn: [],
      files: [],
      commands: [makeCertificates(topology.clusters.map(({ name }) => name))],
      omission: {
        harmless: false,
        because:
          'no cacerts can be created; each istiod makes a root of its own, and the clusters do not trust each other',
      },
      errata: ['step-elsewhere'],
    },
    ...topology.clusters.flatMap((cluster): StepDraft[] => [
      {
        id: `${cluster.name}/create-namespace`,
        title: 'Create the namespace istio-system',
        cluster: cluster.name,
        guide: TRUST,
        dependsOn: [],
        files: [],
        commands: [kubectl(cluster.name, ['create', 'namespace', 'istio-system'])],
        omission: {
          harmless: false,
          because:
            'the secret cacerts is refused (namespaces "istio-system" not found), and istiod makes a root of its own',
        },
        errata: ['namespace-elsewhere', ...(cluster === first ? ['assumed-context'] : [])],
      },
      {
        id: `${cluster.name}/create-cacerts`,
        title: 'Push the certificates as the secret cacerts',
        cluster: cluster.name,
        guide: TRUST,
        dependsOn: ['make-certificates', `${cluster.name}/create-namespace`],
        files: [],
        commands: [createCacerts(cluster.name)],
        omission: alone
          ? { harmless: true, because: 'a mesh of one cluster needs no common root' }
          : {
              harmless: false,
              because: isRemote(cluster)
                ? 'its proxies have another root than the istiod that serves them, and never get a configuration'
                : 'its istiod makes a root of its own, and calls to and from other clusters fail in the TLS handshake',
            },
        errata: ['namespace-elsewhere', ...(isRemote(cluster) ? ['trust-in-remotes'] : [])],
      },
    ]),
  ];
}
