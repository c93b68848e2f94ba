/** What is seen without each step of multi-primary-multi-network, edition current (istio-multicluster.md §10). */
import { omissionTable } from '../../support/omission-table.ts';

await omissionTable('multi-primary-multi-network', 'current', {
  'cluster1/create-namespace': 'X X',
  'cluster2/create-namespace': 'X X',
  'make-certificates': 'X X',
  'cluster1/create-cacerts': 'X X',
  'cluster2/create-cacerts': 'X X',
  // Injected pods carry their network themselves.
  'cluster1/label-network': 'BOTH BOTH',
  'cluster2/label-network': 'BOTH BOTH',
  // The pods of a cluster without Istio have no mTLS, and are left out across networks.
  'cluster1/install-istio': 'LOC-plain R',
  'cluster2/install-istio': 'R LOC-plain',
  // An endpoint whose network has no known gateway is dialled directly, in vain.
  'cluster1/install-gateway': 'BOTH B',
  'cluster2/install-gateway': 'B BOTH',
  'cluster1/wait-for-gateway': 'BOTH BOTH',
  'cluster2/wait-for-gateway': 'BOTH BOTH',
  // The gateway's pod has no listener on 15443.
  'cluster1/expose-services': 'BOTH X',
  'cluster2/expose-services': 'X BOTH',
  'remote-secret/cluster1-in-cluster2': 'BOTH R',
  'remote-secret/cluster2-in-cluster1': 'R BOTH',
  'cluster1/list-remote-clusters': 'BOTH BOTH',
  'cluster2/list-remote-clusters': 'BOTH BOTH',
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
