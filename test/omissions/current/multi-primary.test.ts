/** What is seen without each step of multi-primary, edition current (istio-multicluster.md §10.2, 10.3, 10.8, 10.11 to 10.13). */
import { omissionTable } from '../../support/omission-table.ts';

await omissionTable('multi-primary', 'current', {
  // Without the namespace there is no cacerts; the install makes a namespace of its own, and istiod a root of its own.
  'cluster1/create-namespace': 'X X',
  'cluster2/create-namespace': 'X X',
  'make-certificates': 'X X',
  'cluster1/create-cacerts': 'X X',
  'cluster2/create-cacerts': 'X X',
  // Pods without a sidecar are called in plain text, as they are on the same network.
  'cluster1/install-istio': 'LOC-plain BOTH',
  'cluster2/install-istio': 'BOTH LOC-plain',
  'remote-secret/cluster1-in-cluster2': 'BOTH R',
  'remote-secret/cluster2-in-cluster1': 'R BOTH',
  'cluster1/list-remote-clusters': 'BOTH BOTH',
  'cluster2/list-remote-clusters': 'BOTH BOTH',
  'cluster1/create-sample-namespace': 'NOPOD R',
  'cluster2/create-sample-namespace': 'R NOPOD',
  'cluster1/enable-injection': 'LOC-plain BOTH',
  'cluster2/enable-injection': 'BOTH LOC-plain',
  'cluster1/create-helloworld-service': 'DNS R',
  'cluster2/create-helloworld-service': 'R DNS',
  // The version that is missing is missing for everyone; who has none of his own gets the other's.
  'cluster1/deploy-helloworld-v1': 'REMOTE-ONLY R',
  'cluster1/wait-for-helloworld-v1': 'BOTH BOTH',
  'cluster2/deploy-helloworld-v2': 'R REMOTE-ONLY',
  'cluster2/wait-for-helloworld-v2': 'BOTH BOTH',
  'cluster1/deploy-curl': 'NOPOD BOTH',
  'cluster2/deploy-curl': 'BOTH NOPOD',
  'cluster1/call-helloworld': 'BOTH BOTH',
  'cluster2/call-helloworld': 'BOTH BOTH',
});
