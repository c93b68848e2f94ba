/** What is seen of each mistake in multi-primary. */
import { HARMLESS, misplacedRows, type Table } from '../omissions/expected.ts';

const WRONG_NETWORK = 'F3, F8 network wrong, MP: no gateway anywhere';
const WRONG_NAME = 'F3, F8 clusterName wrong, MP';
const BROKEN = 'F11, F12 unreachable server / expired token / RBAC';
const withoutFirst = { from: BROKEN, sees: { cluster1: 'BOTH', cluster2: 'R' } } as const;
const withoutSecond = { from: BROKEN, sees: { cluster1: 'R', cluster2: 'BOTH' } } as const;

export const rows: Table = {
  'different-roots': { from: 'F2 two unrelated roots', sees: { cluster1: 'X', cluster2: 'X' } },
  'cluster1/network-is-network9': HARMLESS(WRONG_NETWORK),
  'cluster2/network-is-network9': HARMLESS(WRONG_NETWORK),
  'cluster1/cluster-name-is-wrong': HARMLESS(WRONG_NAME),
  'cluster2/cluster-name-is-wrong': HARMLESS(WRONG_NAME),
  'cluster1/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt: no effect in MP'),
  'cluster2/registry-is-misspelt': HARMLESS('F3 fromRegistry misspelt: no effect in MP'),
  'remote-secret/cluster1-in-cluster2/bad-token': withoutFirst,
  'remote-secret/cluster1-in-cluster2/unreachable-server': withoutFirst,
  'remote-secret/cluster2-in-cluster1/bad-token': withoutSecond,
  'remote-secret/cluster2-in-cluster1/unreachable-server': withoutSecond,
  ...misplacedRows(),
};
