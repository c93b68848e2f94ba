/** What is seen of each mistake in multi-primary-multi-network. */
import { HARMLESS, misplacedRows, type Table } from '../omissions/expected.ts';

const BROKEN = 'F11, F12 unreachable server / expired token / RBAC';
const withoutFirst = { from: BROKEN, sees: { cluster1: 'BOTH', cluster2: 'R' } } as const;
const withoutSecond = { from: BROKEN, sees: { cluster1: 'R', cluster2: 'BOTH' } } as const;

export const rows: Table = {
  'different-roots': { from: 'F2 two unrelated roots', sees: { cluster1: 'X', cluster2: 'X' } },
  // Each takes the other's pods for neighbours, and dials addresses that it cannot reach.
  'cluster1/network-is-network2': {
    from: 'F3 network wrong, MPN',
    sees: { cluster1: 'B', cluster2: 'B' },
  },
  'cluster2/network-is-network1': {
    from: 'F8 network wrong, MPN',
    sees: { cluster1: 'B', cluster2: 'B' },
  },
  // A network without a gateway is dialled directly (I7); the way out goes by the other's gateway,
  // as it should.
  'cluster1/network-is-network9': {
    from: 'F8 networkX, mirrored',
    sees: { cluster1: 'BOTH', cluster2: 'B' },
  },
  'cluster2/network-is-network9': { from: 'F8 networkX', sees: { cluster1: 'B', cluster2: 'BOTH' } },
  'cluster1/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt, 1.8.0'),
  'cluster2/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt, 1.8.0'),
  'remote-secret/cluster1-in-cluster2/bad-token': withoutFirst,
  'remote-secret/cluster1-in-cluster2/unreachable-server': withoutFirst,
  'remote-secret/cluster2-in-cluster1/bad-token': withoutSecond,
  'remote-secret/cluster2-in-cluster1/unreachable-server': withoutSecond,
  ...misplacedRows(),
};
