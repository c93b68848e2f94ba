/** What is seen without each step of multi-primary, edition current. */
import { HARMLESS, podsWithoutSidecar, type Table, trustRows, verificationRows } from '../expected.ts';
import { NO_ISTIOD_TO_ASK } from './remote-without-pods.ts';

export const rows: Table = {
  // Without the namespace there is no cacerts; the install makes a namespace of its own, and istiod a root of
  // its own.
  ...trustRows((from, steps) => ({ from, sees: { cluster1: 'X', cluster2: 'X' }, steps })),
  // An un-injected pod on the same network is called in plain text; the remote secret works without an Istio
  // in its cluster (I5).
  'cluster1/install-istio': {
    from: 'F3 step omitted, MP',
    sees: { cluster1: 'LOC-plain', cluster2: 'BOTH' },
    pods: podsWithoutSidecar('cluster1', 'curl'),
    steps: { 'cluster1/list-remote-clusters': NO_ISTIOD_TO_ASK },
  },
  'cluster2/install-istio': {
    from: 'F8 omitted, MP',
    sees: { cluster1: 'BOTH', cluster2: 'LOC-plain' },
    pods: podsWithoutSidecar('cluster2', 'curl'),
    steps: { 'cluster2/list-remote-clusters': NO_ISTIOD_TO_ASK },
  },
  'remote-secret/cluster1-in-cluster2': { from: 'F11 omitted', sees: { cluster1: 'BOTH', cluster2: 'R' } },
  'remote-secret/cluster2-in-cluster1': { from: 'F12 omitted', sees: { cluster1: 'R', cluster2: 'BOTH' } },
  'cluster1/list-remote-clusters': HARMLESS('it only looks'),
  'cluster2/list-remote-clusters': HARMLESS('it only looks'),
  ...verificationRows(false, 'curl'),
};
