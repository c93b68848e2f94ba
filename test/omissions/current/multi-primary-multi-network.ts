/** What is seen without each step of multi-primary-multi-network, edition current. */
import {
  HARMLESS,
  NO_GATEWAY_KIND,
  notReadyAfter5Minutes,
  podsWithoutSidecar,
  type Table,
  trustRows,
  verificationRows,
} from '../expected.ts';
import { NO_ISTIOD_TO_ASK } from './remote-without-pods.ts';

/**
 * No one completes the gateway's pod: its image is still `auto`. But its Service has an address all the same.
 */
const withoutIstio = (cluster: string) => ({
  [`${cluster}/install-gateway`]: notReadyAfter5Minutes('istio-eastwestgateway'),
  [`${cluster}/expose-services`]: NO_GATEWAY_KIND,
  [`${cluster}/list-remote-clusters`]: NO_ISTIOD_TO_ASK,
});
const noGateway = (cluster: string) => ({
  [`${cluster}/wait-for-gateway`]: /in vain\. Last seen: .*services "istio-eastwestgateway" not found/,
});

export const rows: Table = {
  ...trustRows((from, steps) => ({ from, sees: { cluster1: 'X', cluster2: 'X' }, steps }), ['label-network']),
  'cluster1/label-network': HARMLESS('F8 ns label omitted: injected pods carry their network themselves'),
  'cluster2/label-network': HARMLESS('F8 ns label omitted: injected pods carry their network themselves'),
  // The label on istio-system gives the un-injected pod its network, and the gateway's Service that network
  // an address: it is left out.
  'cluster1/install-istio': {
    from: 'F3 step omitted, MPN, with a known gateway address',
    sees: { cluster1: 'LOC-plain', cluster2: 'R' },
    pods: podsWithoutSidecar('cluster1', 'curl'),
    steps: withoutIstio('cluster1'),
  },
  'cluster2/install-istio': {
    from: 'F8 omitted, MPN, with a known gateway address',
    sees: { cluster1: 'R', cluster2: 'LOC-plain' },
    pods: podsWithoutSidecar('cluster2', 'curl'),
    steps: withoutIstio('cluster2'),
  },
  'cluster1/install-gateway': {
    from: 'F4 omitted, MPN',
    sees: { cluster1: 'BOTH', cluster2: 'B' },
    steps: noGateway('cluster1'),
  },
  'cluster2/install-gateway': {
    from: 'F9 omitted, MPN',
    sees: { cluster1: 'B', cluster2: 'BOTH' },
    steps: {
      ...noGateway('cluster2'),
      // With this seed a retry meets the same host: twice 10 s are more than curl's 15 s.
      'cluster1/call-helloworld': /Operation timed out after 15000 milliseconds/,
    },
  },
  'cluster1/wait-for-gateway': HARMLESS('istiod sees the address when it comes'),
  'cluster2/wait-for-gateway': HARMLESS('istiod sees the address when it comes'),
  'cluster1/expose-services': { from: 'F6 omitted, MPN', sees: { cluster1: 'BOTH', cluster2: 'X' } },
  'cluster2/expose-services': { from: 'F10 omitted, MPN', sees: { cluster1: 'X', cluster2: 'BOTH' } },
  'remote-secret/cluster1-in-cluster2': { from: 'F11 omitted', sees: { cluster1: 'BOTH', cluster2: 'R' } },
  'remote-secret/cluster2-in-cluster1': { from: 'F12 omitted', sees: { cluster1: 'R', cluster2: 'BOTH' } },
  'cluster1/list-remote-clusters': HARMLESS('it only looks'),
  'cluster2/list-remote-clusters': HARMLESS('it only looks'),
  ...verificationRows(true, 'curl'),
};
