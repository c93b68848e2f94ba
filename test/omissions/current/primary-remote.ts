/** What is seen without each step of primary-remote, edition current. */
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
  remoteWithoutPods(from, because, { steps, multiNetwork: false });

const NO_GATEWAY = /in vain\. Last seen: .*services "istio-eastwestgateway" not found/;
const withoutControlPlane = remote('F3 step omitted, PR, a dead address', REFUSED, {
  'cluster1/install-gateway': notReadyAfter5Minutes('istio-eastwestgateway'),
  'cluster1/expose-istiod': NO_GATEWAY_KIND,
  'cluster1/list-remote-clusters': NO_ISTIOD_TO_ASK,
});

export const rows: Table = {
  'cluster1/install-istio': {
    ...withoutControlPlane,
    sees: { cluster1: 'LOC-plain', cluster2: 'NOPOD' },
    pods: { ...withoutControlPlane.pods, ...podsWithoutSidecar('cluster1', 'curl') },
  },
  // The remote is installed with an empty address, which reports success (F7).
  'cluster1/install-gateway': remote('F4 omitted, PR, and F7 empty', NO_SERVICE, {
    'cluster1/wait-for-gateway': NO_GATEWAY,
    'cluster1/save-address': NO_GATEWAY,
  }),
  'cluster1/wait-for-gateway': HARMLESS('saving the address waits again'),
  'cluster1/expose-istiod': remote('F5 omitted', REFUSED),
  // The annotation has no namespace to be put on; the install makes one without it.
  'cluster2/create-namespace': remote('F8 annotation omitted', UNKNOWN_AUTHORITY, {
    'cluster2/set-control-plane': NO_SYSTEM_NAMESPACE,
  }),
  'cluster2/set-control-plane': remote('F8 annotation omitted', UNKNOWN_AUTHORITY),
  'cluster1/save-address': remote('F7 empty', NO_SERVICE),
  'cluster2/install-istio': {
    from: 'F8 omitted, PR',
    sees: { cluster1: 'BOTH', cluster2: 'LOC-plain' },
    pods: podsWithoutSidecar('cluster2', 'curl'),
  },
  'remote-secret/cluster2-in-cluster1': remote('F12 omitted, PR', UNKNOWN_AUTHORITY),
  'cluster1/list-remote-clusters': HARMLESS('it only looks'),
  ...verificationRows(false, 'curl'),
};
