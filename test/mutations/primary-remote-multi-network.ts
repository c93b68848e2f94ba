/** What is seen of each mistake in primary-remote-multi-network. */
import { HARMLESS, misplacedRows, remoteWithoutConfiguration, type Table } from '../omissions/expected.ts';

const remote = (from: string) => remoteWithoutConfiguration(from, { multiNetwork: true });

export const rows: Table = {
  'different-roots': remote('F2 no common root, PRN 1.8'),
  'cluster1/network-is-network2': {
    from: 'F3 network wrong, PRN',
    sees: { cluster1: 'B', cluster2: 'B' },
  },
  'cluster2/network-is-network1': {
    from: 'F8 network wrong, PRN',
    sees: { cluster1: 'B', cluster2: 'B' },
  },
  'cluster1/network-is-network9': {
    from: 'F8 networkX, mirrored',
    sees: { cluster1: 'BOTH', cluster2: 'B' },
    showsLate: true,
  },
  'cluster2/network-is-network9': { from: 'F8 networkX', sees: { cluster1: 'B', cluster2: 'BOTH' } },
  'cluster2/cluster-name-is-wrong': remote('F8 clusterName ≠ key, PRN 1.8'),
  'cluster1/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt, 1.8.0'),
  'cluster2/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt, 1.8.0'),
  'remote-secret/cluster2-in-cluster1/bad-token': remote('F12 revoked token: new pods CFG'),
  'remote-secret/cluster2-in-cluster1/unreachable-server': remote('F12 server 127.0.0.1, PRN'),
  ...misplacedRows(),
};
