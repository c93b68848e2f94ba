/** What a route hashes, to route.v3.RouteAction.HashPolicy and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { durationOf, millisecondsOf } from '../proto/well-known.ts';
import type { HashPolicy } from '../routes.ts';

/** Returns the message of one part. */
export function hashPolicyOf(policy: HashPolicy): ProtoMessage {
  return { ...partOf(policy), ...(policy.isTerminal && { terminal: true }) };
}

function partOf(policy: HashPolicy): ProtoMessage {
  if ('header' in policy) return { header: { header_name: policy.header } };
  if ('query' in policy) return { query_parameter: { name: policy.query } };
  if ('sourceIp' in policy) return { connection_properties: { source_ip: true } };
  const { name, path, ttlMs } = policy.cookie;
  return { cookie: { name, path, ...(ttlMs !== undefined && { ttl: durationOf(ttlMs) }) } };
}

/** Reads one part. @throws Refusal for one that is not simulated */
export function readHashPolicy(fields: Fields): HashPolicy {
  const terminal = fields.boolean('terminal') && { isTerminal: true as const };
  const header = fields.message('header', it => it.string('header_name'));
  if (header !== undefined) return { header: header.toLowerCase(), ...terminal };
  const query = fields.message('query_parameter', it => it.string('name'));
  if (query !== undefined) return { query, ...terminal };
  const cookie = fields.message('cookie', it => {
    const ttlMs = it.message('ttl', millisecondsOf);
    return { name: it.string('name'), path: it.string('path'), ...(ttlMs !== undefined && { ttlMs }) };
  });
  if (cookie) return { cookie, ...terminal };
  if (fields.message('connection_properties', it => it.boolean('source_ip')))
    return { sourceIp: true, ...terminal };
  throw new Refusal(`${fields.type}: only header, cookie, source_ip and query_parameter are simulated`);
}
