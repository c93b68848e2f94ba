/** Sections 10.3 and 10.8 of the failure table, edition current: what is installed in the two clusters. */
import { butFirst, kubectl, mutation, rewrite, withoutArgs } from '../edits.ts';
import { istiodLog, meshRoot, type Row, type Section } from '../rows.ts';

const UNKNOWN_AUTHORITY = /failed calling webhook .* x509: certificate signed by unknown authority/;
const MISSPELT_NETWORKS = ['network1', 'network2']
  .map(
    (name, index) =>
      `        ${name}:\n          endpoints:\n          - fromRegistry: clister${index + 1}\n          gateways:\n` +
      '          - registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local\n            port: 15443\n',
  )
  .join('');

const rows10_3: readonly Row[] = [
  {
    fault: 'step omitted, and the network label too',
    scenario: 'multi-primary-multi-network',
    omit: ['cluster1/install-istio', 'cluster1/label-network'],
    shows: 'LOC-plain B',
    steps: {
      'cluster1/install-gateway': /resources not ready after 5m0s/,
      'cluster1/expose-services': /no matches for kind "Gateway"/,
      'cluster1/list-remote-clusters': /unable to find any Istiod instances/,
    },
  },
  {
    fault: 'prompt not answered',
    scenario: 'multi-primary',
    edits: [withoutArgs('cluster1/install-istio', '-y')],
    shows: 'LOC-plain BOTH',
    steps: {
      'cluster1/install-istio': /Proceed\? \(y\/N\) Cancelled\./,
      'cluster1/list-remote-clusters': /unable to find any Istiod instances/,
    },
  },
  {
    fault: 'network wrong, no gateway anywhere',
    scenario: 'multi-primary',
    edits: [mutation('cluster1/network-is-network9')],
    shows: 'BOTH BOTH',
  },
  {
    // The namespace keeps the name that it was given before; so istiod itself stays on the network that the
    // gateway is to show.
    fault: "network wrong, so that v2 is looked for behind cluster1's own gateway",
    scenario: 'primary-remote',
    edits: [
      mutation('cluster1/network-is-network9'),
      butFirst('cluster1/install-istio', [
        kubectl('cluster1', 'create namespace istio-system'),
        kubectl('cluster1', 'label namespace istio-system topology.istio.io/network=network1'),
      ]),
    ],
    shows: 'X BOTH',
  },
  {
    // A namespace that istioctl makes is labelled with the wrong name (I3): the gateway, which shows
    // network1 only, no longer knows istiod.
    fault: 'network wrong, in the label of istio-system too',
    scenario: 'primary-remote',
    edits: [mutation('cluster1/network-is-network9')],
    shows: 'R NOPOD',
    warning: ['cluster2', /failed calling webhook .* read: connection reset by peer/],
  },
  ...['multi-primary-multi-network', 'primary-remote-multi-network'].map(
    (scenario): Row => ({
      fault: "network named like cluster2's",
      scenario,
      edits: [mutation('cluster1/network-is-network2')],
      shows: 'B B',
    }),
  ),
  {
    fault: 'clusterName wrong',
    scenario: 'multi-primary-multi-network',
    edits: [rewrite('cluster1/install-istio', 'clusterName: cluster1', 'clusterName: elsewhere')],
    shows: 'BOTH BOTH',
  },
  {
    fault: 'clusterName wrong, and the annotation names the old one',
    scenario: 'primary-remote',
    edits: [rewrite('cluster1/install-istio', 'clusterName: cluster1', 'clusterName: elsewhere')],
    shows: 'R NOPOD',
    warning: ['cluster2', UNKNOWN_AUTHORITY],
  },
  {
    fault: 'fromRegistry misspelt',
    scenario: 'multi-primary-multi-network',
    edits: ['cluster1', 'cluster2'].map(name =>
      rewrite(
        `${name}/install-istio`,
        '    global:\n',
        `    global:\n      meshNetworks:\n${MISSPELT_NETWORKS}`,
      ),
    ),
    shows: 'BOTH BOTH',
  },
  {
    fault: 'meshID different',
    scenario: 'multi-primary-multi-network',
    edits: [rewrite('cluster2/install-istio', 'meshID: mesh1', 'meshID: mesh2')],
    shows: 'BOTH BOTH',
  },
  {
    fault: 'externalIstiod omitted',
    scenario: 'primary-remote',
    edits: [rewrite('cluster1/install-istio', '      externalIstiod: true\n', '')],
    shows: 'R NOPOD',
    warning: ['cluster2', UNKNOWN_AUTHORITY],
    look: async (clients, t) => t.equal(await meshRoot(clients, 'cluster2'), undefined),
  },
];

const rows10_8: readonly Row[] = [
  {
    fault: 'omitted, and the network label too',
    scenario: 'primary-remote-multi-network',
    omit: ['cluster2/install-istio', 'cluster2/label-network'],
    shows: 'B LOC-plain',
    steps: { 'cluster2/install-gateway': /resources not ready after 5m0s/ },
  },
  ...['multi-primary-multi-network', 'primary-remote-multi-network'].map(
    (scenario): Row => ({
      fault: 'network1 instead of network2',
      scenario,
      edits: [mutation('cluster2/network-is-network1')],
      shows: 'B B',
    }),
  ),
  {
    fault: 'annotation controlPlaneClusters: any control plane',
    scenario: 'primary-remote',
    edits: [
      rewrite(
        'cluster2/set-control-plane',
        'controlPlaneClusters=cluster1',
        'controlPlaneClusters=cluster9,*',
      ),
    ],
    shows: 'BOTH BOTH',
  },
  {
    fault: 'network2 instead of network1, no gateway anywhere',
    scenario: 'multi-primary',
    edits: [mutation('cluster2/network-is-network9')],
    shows: 'BOTH BOTH',
  },
  {
    fault: 'network2 instead of network1, so that v1 is looked for behind the gateway',
    scenario: 'primary-remote',
    edits: [mutation('cluster2/network-is-network9')],
    shows: 'BOTH X',
  },
  {
    fault: 'a network that no gateway belongs to',
    scenario: 'multi-primary-multi-network',
    edits: [mutation('cluster2/network-is-network9')],
    shows: 'B BOTH',
  },
  {
    fault: "clusterName is not the key of cluster1's secret",
    scenario: 'multi-primary',
    edits: [mutation('cluster2/cluster-name-is-wrong')],
    shows: 'BOTH BOTH',
  },
  {
    fault: "injectionPath's cluster is not the key of the secret",
    scenario: 'primary-remote',
    edits: [mutation('cluster2/cluster-name-is-wrong')],
    shows: 'R CFG',
    look: async (clients, t) =>
      t.match(await istiodLog(clients, 'cluster1'), /client claims to be in cluster "cluster2-misspelt"/),
  },
  {
    fault: 'injectionPath omitted',
    scenario: 'primary-remote',
    edits: [
      rewrite(
        'cluster2/install-istio',
        '    istiodRemote:\n      injectionPath: /inject/cluster/cluster2/net/network1\n',
        '',
      ),
    ],
    shows: 'R CFG',
    look: async (clients, t) =>
      t.match(await istiodLog(clients, 'cluster1'), /failed to validate the JWT from cluster "cluster1"/),
  },
  {
    fault: 'profile remote omitted',
    scenario: 'primary-remote',
    edits: [rewrite('cluster2/install-istio', '  profile: remote\n', '')],
    shows: 'X R',
  },
  {
    fault: 'the same clusterName in both, and as the key of the secrets',
    scenario: 'multi-primary',
    edits: [
      rewrite('cluster2/install-istio', 'clusterName: cluster2', 'clusterName: cluster1'),
      rewrite('remote-secret/cluster2-in-cluster1', '--name=cluster2', '--name=cluster1'),
    ],
    shows: 'R R',
    look: async (clients, t) => {
      for (const cluster of ['cluster1', 'cluster2'])
        t.match(
          await istiodLog(clients, cluster),
          /ignoring cluster .*as it would overwrite the config cluster/,
        );
    },
  },
];

export const sections: readonly Section[] = [
  { section: '10.3', rows: rows10_3 },
  { section: '10.8', rows: rows10_8 },
];
