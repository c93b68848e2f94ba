/** How a cluster balances, to fields of envoy.config.cluster.v3.Cluster and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { uint32Of, wrapped } from '../proto/well-known.ts';
import type { Cluster, LbPolicy } from '../resources.ts';

/** Cluster.LbPolicy, by number; 4 is reserved. */
const LB_POLICIES = [
  'ROUND_ROBIN',
  'LEAST_REQUEST',
  'RING_HASH',
  'RANDOM',
  'ORIGINAL_DST_LB',
  'MAGLEV',
  'CLUSTER_PROVIDED',
  'LOAD_BALANCING_POLICY_CONFIG',
] as const;

/** Returns the number of Cluster.LbPolicy. */
export const numberOf = (policy: LbPolicy): number => LB_POLICIES.indexOf(policy);

/** @throws Refusal for a policy that is not simulated */
export function policyOf(fields: Fields, name: string): LbPolicy {
  const policy = LB_POLICIES[fields.number('lb_policy')];
  switch (policy) {
    case 'ROUND_ROBIN':
    case 'LEAST_REQUEST':
    case 'RANDOM':
    case 'RING_HASH':
    case 'MAGLEV':
    case 'CLUSTER_PROVIDED':
      return policy;
    case undefined:
    case 'ORIGINAL_DST_LB':
      throw new Refusal('Cluster.LbPolicy: value must be one of the defined enum values');
    default:
      throw new Refusal(`cluster '${name}': LB policy ${policy} is not simulated`);
  }
}

/** Returns the field with the size of ring or table, if it is not Envoy's own. */
export function hashConfigOf({ lbPolicy, hashSize }: Cluster): ProtoMessage {
  if (hashSize === undefined) return {};
  if (lbPolicy === 'RING_HASH') return { ring_hash_lb_config: { minimum_ring_size: wrapped(hashSize) } };
  return lbPolicy === 'MAGLEV' ? { maglev_lb_config: { table_size: wrapped(hashSize) } } : {};
}

/** @throws Refusal for another way to hash, or to balance by hashes */
export function readHashSize(fields: Fields, policy: LbPolicy): Pick<Cluster, 'hashSize'> {
  const ring = fields.message('ring_hash_lb_config', config => {
    if (config.number('hash_function') !== 0)
      throw new Refusal(`${config.type}: only the hash function XX_HASH is simulated`);
    return config.message('minimum_ring_size', uint32Of);
  });
  const table = fields.message('maglev_lb_config', config => config.message('table_size', uint32Of));
  const hashSize = policy === 'RING_HASH' ? ring : policy === 'MAGLEV' ? table : undefined;
  return hashSize === undefined ? {} : { hashSize };
}
