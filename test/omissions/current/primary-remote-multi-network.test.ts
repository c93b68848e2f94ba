/** What is seen without each step of primary-remote-multi-network, edition current (istio-multicluster.md §10). */
import { omissionTable, refusedIn } from '../../support/omission-table.ts';

const REFUSED = 'dial tcp 10.255.20.[0-9]+:443: connect: connection refused';
const UNKNOWN_AUTHORITY = '.*x509: certificate signed by unknown authority';
const NO_SERVICE = 'service "istiod" not found';

await omissionTable('primary-remote-multi-network', 'current', {
  // All that this takes away is the label, which injected pods do not need; but its command has failed.
  'cluster1/create-namespace': 'BOTH BOTH',
  'cluster1/label-network': 'BOTH BOTH',
  'cluster1/install-istio': refusedIn('cluster2', REFUSED, 'LOC-plain NOPOD'),
  'cluster1/install-gateway': refusedIn('cluster2', NO_SERVICE),
  'cluster1/wait-for-gateway': 'BOTH BOTH',
  'cluster1/expose-istiod': refusedIn('cluster2', REFUSED),
  'cluster2/create-namespace': refusedIn('cluster2', UNKNOWN_AUTHORITY),
  'cluster2/set-control-plane': refusedIn('cluster2', UNKNOWN_AUTHORITY),
  'cluster2/label-network': 'BOTH BOTH',
  'cluster1/save-address': refusedIn('cluster2', NO_SERVICE),
  // Plain pods are left out across networks.
  'cluster2/install-istio': 'R LOC-plain',
  'remote-secret/cluster2-in-cluster1': refusedIn('cluster2', UNKNOWN_AUTHORITY),
  'cluster2/install-gateway': 'B BOTH',
  'cluster2/wait-for-gateway': 'BOTH BOTH',
  // One resource in cluster1 programs both gateways.
  'cluster1/expose-services': 'X X',
  'cluster1/list-remote-clusters': 'BOTH BOTH',
  'cluster1/create-sample-namespace': 'NOPOD R',
  'cluster2/create-sample-namespace': 'R NOPOD',
  'cluster1/enable-injection': 'LOC-plain R',
  'cluster2/enable-injection': 'R LOC-plain',
  'cluster1/create-helloworld-service': 'DNS R',
  'cluster2/create-helloworld-service': 'R DNS',
  'cluster1/deploy-helloworld-v1': 'REMOTE-ONLY R',
  'cluster1/wait-for-helloworld-v1': 'BOTH BOTH',
  'cluster2/deploy-helloworld-v2': 'R REMOTE-ONLY',
  'cluster2/wait-for-helloworld-v2': 'BOTH BOTH',
  'cluster1/deploy-curl': 'NOPOD BOTH',
  'cluster2/deploy-curl': 'BOTH NOPOD',
  'cluster1/call-helloworld': 'BOTH BOTH',
  'cluster2/call-helloworld': 'BOTH BOTH',
});
