/** What is seen without each step of primary-remote. */
import {
  NO_GATEWAY_KIND,
  notReadyAfter5Minutes,
  podsWithoutSidecar,
  remoteWithoutConfiguration,
  type Table,
  trustRows,
  verificationRows,
} from '../expected.ts';

const remote = (from: string, steps: Readonly<Record<string, RegExp>> = {}) =>
  remoteWithoutConfiguration(from, { steps, multiNetwork: false });

export const rows: Table = {
  ...trustRows(remote),
  // The gateway's Service gets an address though its pod does not start: cluster2 is told of one where
  // nothing listens (F7).
  'cluster1/install-istio': {
    ...remote('F3 step omitted, PR, a dead address', {
      'cluster1/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway'),
      'cluster1/expose-istiod': NO_GATEWAY_KIND,
    }),
    sees: { cluster1: 'LOC-plain', cluster2: 'CFG' },
    pods: { ...podsWithoutSidecar('cluster1'), ...remote('').pods },
  },
  // An empty address makes a primary of the remote, which has no remote secret; cluster1 sees its pods on the
  // one network.
  'cluster1/install-gateway': {
    from: 'F4 omitted, PR, and F7 empty',
    sees: { cluster1: 'BOTH', cluster2: 'R' },
    steps: { 'cluster1/save-address': /in vain\. Last seen: .*services "istio-eastwestgateway" not found/ },
  },
  'cluster1/expose-istiod': remote('F5 omitted'),
  'remote-secret/cluster2-in-cluster1': remote('F12 omitted, PR'),
  'cluster1/save-address': { from: 'F7 empty, PR', sees: { cluster1: 'BOTH', cluster2: 'R' } },
  'cluster2/install-istio': {
    from: 'F8 omitted, PR',
    sees: { cluster1: 'BOTH', cluster2: 'LOC-plain' },
    pods: podsWithoutSidecar('cluster2'),
  },
  ...verificationRows(false),
};
