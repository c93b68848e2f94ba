/** What is seen without each step of primary-remote-multi-network. */
import {
  HARMLESS,
  NO_GATEWAY_KIND,
  notReadyAfter5Minutes,
  podsWithoutSidecar,
  remoteWithoutConfiguration,
  type Table,
  trustRows,
  verificationRows,
} from '../expected.ts';

const remote = (from: string, steps: Readonly<Record<string, RegExp>> = {}) =>
  remoteWithoutConfiguration(from, { steps, multiNetwork: true });

export const rows: Table = {
  ...trustRows(remote),
  // The gateway's Service gets an address though its pod does not start: cluster2 is told of one where
  // nothing listens (F7).
  'cluster1/install-istio': {
    ...remote('F3 step omitted, PRN, a dead address', {
      'cluster1/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway'),
      'cluster1/expose-istiod': NO_GATEWAY_KIND,
      'cluster1/expose-services': NO_GATEWAY_KIND,
    }),
    sees: { cluster1: 'LOC-plain', cluster2: 'CFG' },
    pods: { ...podsWithoutSidecar('cluster1'), ...remote('').pods },
  },
  // An empty address makes a primary of the remote, whose own copy of expose-services then counts; it has no
  // remote secret.
  'cluster1/install-gateway': {
    from: 'F4 omitted, PRN, and F7 empty',
    sees: { cluster1: 'BOTH', cluster2: 'R' },
    steps: { 'cluster1/save-address': /in vain\. Last seen: .*services "istio-eastwestgateway" not found/ },
  },
  'cluster1/expose-istiod': remote('F5 omitted'),
  'cluster1/expose-services': { from: 'F6 omitted, PRN', sees: { cluster1: 'X', cluster2: 'X' } },
  'remote-secret/cluster2-in-cluster1': remote('F12 omitted, PRN'),
  'cluster1/save-address': { from: 'F7 empty, PRN', sees: { cluster1: 'BOTH', cluster2: 'R' } },
  'cluster2/install-istio': {
    from: 'F8 omitted, PRN, with a known gateway address',
    sees: { cluster1: 'R', cluster2: 'LOC-plain' },
    pods: podsWithoutSidecar('cluster2'),
    steps: {
      'cluster2/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway'),
      'cluster2/expose-services': NO_GATEWAY_KIND,
    },
  },
  // Note a, mirrored, shows in the first calls at most: see first-calls.test.ts.
  'cluster2/install-gateway': {
    from: 'F9 omitted, PRN',
    sees: { cluster1: 'B', cluster2: 'BOTH' },
    showsLate: true,
  },
  'cluster2/expose-services': HARMLESS("F10 omitted, PRN: cluster1's copy programs both gateways"),
  ...verificationRows(true),
};
