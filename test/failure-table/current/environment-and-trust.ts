/** Sections 10.1 and 10.2 of the failure table, edition current. */

import { networkName } from '../../../harness/model/names.ts';
import type { Topology } from '../../../harness/model/topology.ts';
import { delayed, mutation, rewrite, withArgs, withoutArgs } from '../edits.ts';
import { clusterStatus, istiodLog, meshRoot, type Row, type Section } from '../rows.ts';

/** What the plan takes for one network are two. */
const onNetworksOfTheirOwn = (topology: Topology): Topology => ({
  ...topology,
  networks: topology.clusters.map((_, index) => ({
    name: networkName(`real${index}`),
    range: `172.30.${index * 8}.0/21`,
  })),
  clusters: topology.clusters.map((cluster, index) => ({ ...cluster, network: networkName(`real${index}`) })),
});
const withOnePodRange = (topology: Topology): Topology => ({
  ...topology,
  clusters: topology.clusters.map(cluster => ({ ...cluster, podRange: '10.244.0.0/16' })),
});
const withOneServiceRange = (topology: Topology): Topology => ({
  ...topology,
  clusters: topology.clusters.map(cluster => ({ ...cluster, serviceRange: '10.96.0.0/16' })),
});

const SECRET = 'remote-secret/cluster2-in-cluster1';
const UNKNOWN_AUTHORITY = /failed calling webhook .* x509: certificate signed by unknown authority/;

const rows10_1: readonly Row[] = [
  {
    fault: 'routes between pod ranges missing',
    scenario: 'multi-primary',
    surroundings: onNetworksOfTheirOwn,
    shows: 'B B',
  },
  {
    fault: 'routes between pod ranges missing',
    scenario: 'primary-remote',
    surroundings: onNetworksOfTheirOwn,
    shows: 'B B',
  },
  {
    fault: 'same pod range in both clusters',
    scenario: 'multi-primary-multi-network',
    surroundings: withOnePodRange,
    shows: 'BOTH BOTH',
  },
  {
    fault: 'same pod range in both clusters',
    scenario: 'primary-remote-multi-network',
    surroundings: withOnePodRange,
    shows: 'BOTH BOTH',
  },
  {
    fault: 'same service range in both clusters',
    scenario: 'primary-remote',
    surroundings: withOneServiceRange,
    shows: 'BOTH BOTH',
  },
  {
    fault: "API server named as 127.0.0.1 in the other cluster's remote secret",
    scenario: 'multi-primary',
    edits: [withArgs(SECRET, '--server=https://127.0.0.1:36543')],
    shows: 'R BOTH',
    showsLate: true,
    look: async (clients, t) => {
      t.equal(await clusterStatus(clients, 'cluster1'), 'cluster1 synced, cluster2 timeout');
      t.match(
        await istiodLog(clients, 'cluster1'),
        /dial tcp 127\.0\.0\.1:36543: connect: connection refused/,
      );
    },
  },
  {
    fault: "API server named as 127.0.0.1 in the remote's secret",
    scenario: 'primary-remote',
    edits: [withArgs(SECRET, '--server=https://127.0.0.1:36543')],
    shows: 'R NOPOD',
    warning: ['cluster2', UNKNOWN_AUTHORITY],
  },
];

const rows10_2: readonly Row[] = [
  ...['multi-primary', 'multi-primary-multi-network'].map(
    (scenario): Row => ({
      fault: 'two unrelated roots',
      scenario,
      edits: [mutation('different-roots')],
      shows: 'X X',
      look: async (clients, t) => {
        t.ok(await meshRoot(clients, 'cluster1'));
        t.not(await meshRoot(clients, 'cluster1'), await meshRoot(clients, 'cluster2'));
      },
    }),
  ),
  {
    fault: 'cacerts only in one cluster',
    scenario: 'multi-primary-multi-network',
    omit: ['cluster2/create-cacerts'],
    shows: 'X X',
    look: async (clients, t) => {
      t.match(await istiodLog(clients, 'cluster1'), /Use local CA certificate/);
      t.match(await istiodLog(clients, 'cluster2'), /Use self-signed certificate as the CA certificate/);
    },
  },
  {
    fault: 'no cacerts: one CA signs for both clusters',
    scenario: 'primary-remote',
    shows: 'BOTH BOTH',
    look: async (clients, t) => {
      t.match(await istiodLog(clients, 'cluster1'), /Use self-signed certificate as the CA certificate/);
      t.equal(await meshRoot(clients, 'cluster1'), await meshRoot(clients, 'cluster2'));
    },
  },
  {
    fault: 'cacerts created after the install, istiod not restarted',
    scenario: 'multi-primary',
    edits: [
      delayed('cluster1/create-cacerts', 'cluster1/install-istio'),
      delayed('cluster2/create-cacerts', 'cluster2/install-istio'),
    ],
    shows: 'X X',
    look: async (clients, t) =>
      t.match(await istiodLog(clients, 'cluster1'), /Use self-signed certificate as the CA certificate/),
  },
  {
    fault: 'bundle without root-cert.pem and cert-chain.pem',
    scenario: 'multi-primary',
    edits: [
      withoutArgs(
        'cluster1/create-cacerts',
        '--from-file=certs/cluster1/root-cert.pem',
        '--from-file=certs/cluster1/cert-chain.pem',
      ),
    ],
    shows: 'NOPOD R',
    steps: {
      'cluster1/install-istio': /Istiod encountered an error: .*resources not ready after 5m0s/,
      'cluster1/list-remote-clusters': /./,
    },
    look: async (clients, t) =>
      t.match(await istiodLog(clients, 'cluster1'), /incomplete signing CA bundle detected/),
  },
  {
    fault: 'the same intermediate in both clusters',
    scenario: 'multi-primary',
    edits: [rewrite('cluster2/create-cacerts', 'certs/cluster2/', 'certs/cluster1/')],
    shows: 'BOTH BOTH',
  },
];

export const sections: readonly Section[] = [
  { section: '10.1', rows: rows10_1 },
  { section: '10.2', rows: rows10_2 },
];
