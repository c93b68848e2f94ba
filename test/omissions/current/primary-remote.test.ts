/** What is seen without each step of primary-remote, edition current: a remote has no istiod, so without the primary's it has no pods (§10). */
import { omissionTable, refusedIn } from '../../support/omission-table.ts';

const REFUSED = 'dial tcp 10.255.20.[0-9]+:443: connect: connection refused';
const UNKNOWN_AUTHORITY = '.*x509: certificate signed by unknown authority';
const NO_SERVICE = 'service "istiod" not found';

await omissionTable('primary-remote', 'current', {
  // Its gateway is a Service without a ready pod: kube-proxy refuses.
  'cluster1/install-istio': refusedIn('cluster2', REFUSED, 'LOC-plain NOPOD'),
  // No Service, no address: the remote is installed with an empty one, which reports success.
  'cluster1/install-gateway': refusedIn('cluster2', NO_SERVICE),
  'cluster1/wait-for-gateway': 'BOTH BOTH',
  'cluster1/expose-istiod': refusedIn('cluster2', REFUSED),
  // The annotation has no namespace to be put on; the install makes one without it.
  'cluster2/create-namespace': refusedIn('cluster2', UNKNOWN_AUTHORITY),
  'cluster2/set-control-plane': refusedIn('cluster2', UNKNOWN_AUTHORITY),
  'cluster1/save-address': refusedIn('cluster2', NO_SERVICE),
  // Plain pods on the same network are called in plain text.
  'cluster2/install-istio': 'BOTH LOC-plain',
  'remote-secret/cluster2-in-cluster1': refusedIn('cluster2', UNKNOWN_AUTHORITY),
  'cluster1/list-remote-clusters': 'BOTH BOTH',
  'cluster1/create-sample-namespace': 'NOPOD R',
  'cluster2/create-sample-namespace': 'R NOPOD',
  'cluster1/enable-injection': 'LOC-plain BOTH',
  'cluster2/enable-injection': 'BOTH LOC-plain',
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
