/** What is seen without each step of multi-primary-multi-network. */
import {
  NO_GATEWAY_KIND,
  notReadyAfter5Minutes,
  podsWithoutSidecar,
  type Table,
  trustRows,
  verificationRows,
} from '../expected.ts';

/**
 * Without an istiod no one writes istio-ca-root-cert, which the gateway's pod mounts; but its Service has an
 * address all the same.
 */
const gatewayWithoutIstio = (cluster: string) => ({
  [`${cluster}/install-gateway`]: notReadyAfter5Minutes('istio-eastwestgateway'),
  [`${cluster}/expose-services`]: NO_GATEWAY_KIND,
});

export const rows: Table = {
  ...trustRows((from, steps) => ({ from, sees: { cluster1: 'X', cluster2: 'X' }, steps })),
  // fromRegistry gives the un-injected pod its network, and the gateway's Service that network an address: it
  // is left out (I7).
  'cluster1/install-istio': {
    from: 'F3 step omitted, MPN, with a known gateway address',
    sees: { cluster1: 'LOC-plain', cluster2: 'R' },
    pods: podsWithoutSidecar('cluster1'),
    steps: gatewayWithoutIstio('cluster1'),
  },
  'cluster2/install-istio': {
    from: 'F8 omitted, MPN, with a known gateway address',
    sees: { cluster1: 'R', cluster2: 'LOC-plain' },
    pods: podsWithoutSidecar('cluster2'),
    steps: gatewayWithoutIstio('cluster2'),
  },
  // Note a shows in the first calls at most: see first-calls.test.ts.
  'cluster1/install-gateway': {
    from: 'F4 omitted, MPN',
    sees: { cluster1: 'BOTH', cluster2: 'B' },
    showsLate: true,
  },
  'cluster2/install-gateway': {
    from: 'F9 omitted, MPN',
    sees: { cluster1: 'B', cluster2: 'BOTH' },
    showsLate: true,
  },
  'cluster1/expose-services': { from: 'F6 omitted, MPN', sees: { cluster1: 'BOTH', cluster2: 'X' } },
  'cluster2/expose-services': { from: 'F10 omitted, MPN', sees: { cluster1: 'X', cluster2: 'BOTH' } },
  'remote-secret/cluster1-in-cluster2': { from: 'F11 omitted', sees: { cluster1: 'BOTH', cluster2: 'R' } },
  'remote-secret/cluster2-in-cluster1': { from: 'F12 omitted', sees: { cluster1: 'R', cluster2: 'BOTH' } },
  ...verificationRows(true),
};
