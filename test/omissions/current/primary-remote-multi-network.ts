/** What is seen without each step of primary-remote-multi-network, edition current. */
import {
  HARMLESS,
  NO_GATEWAY_KIND,
  NO_SYSTEM_NAMESPACE,
  notReadyAfter5Minutes,
  podsWithoutSidecar,
  type Table,
  verificationRows,
} from '../expected.ts';
import {
  NO_ISTIOD_TO_ASK,
  NO_SERVICE,
  REFUSED,
  remoteWithoutPods,
  UNKNOWN_AUTHORITY,
} from './remote-without-pods.ts';

const remote = (from: string, because: string, steps: Readonly<Record<string, RegExp>> = {}) =>
  remoteWithoutPods(from, because, { steps, multiNetwork: true });

const NO_GATEWAY = /in vain\. Last seen: .*services "istio-eastwestgateway" not found/;
const withoutControlPlane = remote('F3 step omitted, PRN, a dead address', REFUSED, {
  'cluster1/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway'),
  'cluster1/expose-istiod': NO_GATEWAY_KIND,
  'cluster1/expose-services': NO_GATEWAY_KIND,
  'cluster1/list-remote-clusters': NO_ISTIOD_TO_ASK,
});
const LABEL = HARMLESS('F8 ns label omitted: injected pods carry their network themselves');

export const rows: Table = {
  // All that this takes away is the label, which injected pods do not need; but its command has failed.
  'cluster1/create-namespace': { ...LABEL, steps: { 'cluster1/label-network': NO_SYSTEM_NAMESPACE } },
  'cluster1/label-network': LABEL,
  'cluster1/install-istio': {
    ...withoutControlPlane,
    sees: { cluster1: 'LOC-plain', cluster2: 'NOPOD' },
    pods: { ...withoutControlPlane.pods, ...podsWithoutSidecar('cluster1', 'curl') },
  },
  'cluster1/install-gateway': remote('F4 omitted, PRN, and F7 empty', NO_SERVICE, {
    'cluster1/wait-for-gateway': NO_GATEWAY,
    'cluster1/save-address': NO_GATEWAY,
  }),
  'cluster1/wait-for-gateway': HARMLESS('saving the address waits again'),
  'cluster1/expose-istiod': remote('F5 omitted', REFUSED),
  'cluster2/create-namespace': remote('F8 annotation omitted', UNKNOWN_AUTHORITY, {
    'cluster2/set-control-plane': NO_SYSTEM_NAMESPACE,
    'cluster2/label-network': NO_SYSTEM_NAMESPACE,
  }),
  'cluster2/set-control-plane': remote('F8 annotation omitted', UNKNOWN_AUTHORITY),
  'cluster2/label-network': LABEL,
  'cluster1/save-address': remote('F7 empty', NO_SERVICE),
  // The label on istio-system gives the un-injected pod its network, and the gateway's Service that network
  // an address: it is left out.
  'cluster2/install-istio': {
    from: 'F8 omitted, PRN, with a known gateway address',
    sees: { cluster1: 'R', cluster2: 'LOC-plain' },
    pods: podsWithoutSidecar('cluster2', 'curl'),
    steps: { 'cluster2/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway') },
  },
  'remote-secret/cluster2-in-cluster1': remote('F12 omitted, PRN', UNKNOWN_AUTHORITY),
  'cluster2/install-gateway': {
    from: 'F9 omitted, PRN',
    sees: { cluster1: 'B', cluster2: 'BOTH' },
    steps: { 'cluster2/wait-for-gateway': NO_GATEWAY },
  },
  'cluster2/wait-for-gateway': HARMLESS('istiod sees the address when it comes'),
  'cluster1/expose-services': {
    from: 'F6 omitted, PRN: one resource programs both gateways',
    sees: { cluster1: 'X', cluster2: 'X' },
  },
  'cluster1/list-remote-clusters': HARMLESS('it only looks'),
  ...verificationRows(true, 'curl'),
};
