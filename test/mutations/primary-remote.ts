/** What is seen of each mistake in primary-remote. */
import { HARMLESS, misplacedRows, remoteWithoutConfiguration, type Table } from '../omissions/expected.ts';

const remote = (from: string) => remoteWithoutConfiguration(from, { multiNetwork: false });

export const rows: Table = {
  'different-roots': remote('F2 no common root, PR 1.8'),
  // What is foreign is replaced by the gateway of network1, which has no listener for services here.
  'cluster1/network-is-network9': {
    from: 'F3 network wrong, PR',
    sees: { cluster1: 'X', cluster2: 'BOTH' },
  },
  'cluster2/network-is-network9': {
    from: 'F8 network wrong, PR',
    sees: { cluster1: 'BOTH', cluster2: 'X' },
  },
  'cluster2/cluster-name-is-wrong': remote('F8 clusterName ≠ key, PR 1.8'),
  'cluster1/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt: no effect in PR'),
  'cluster2/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt: no effect in PR'),
  'remote-secret/cluster2-in-cluster1/bad-token': remote('F12 revoked token: new pods CFG'),
  'remote-secret/cluster2-in-cluster1/unreachable-server': remote('F12 server 127.0.0.1, PR'),
  ...misplacedRows(),
};
