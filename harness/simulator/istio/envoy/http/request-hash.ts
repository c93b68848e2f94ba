/** The hash of a request, by which clusters with a ring or a table choose a host. */
import { headerOf, joinedHeader } from '../../../../base/http1/message-head.ts';
import { xxHash64 } from '../../../../base/xx-hash.ts';
import type { HashPolicy } from '../../xds/routes.ts';
import type { DownstreamConnection } from '../environment/environment.ts';

/** What is hashed. */
interface HashedRequest {
  readonly connection: DownstreamConnection;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  /** Makes the value of a cookie. */
  readonly newCookie: () => string;
}

/** The hash, and the cookies that the client is given for it. */
interface RequestHash {
  /** Undefined if the request has nothing that is hashed: then chance decides. */
  readonly hash: bigint | undefined;
  /** Values of `set-cookie`. */
  readonly cookies: readonly string[];
}

/** envoyproxy/envoy source/common/http/hash_policy.cc @v1.33, HashPolicyImpl::generateHash */
export function hashOf(policies: readonly HashPolicy[], request: HashedRequest): RequestHash {
  let hash: bigint | undefined;
  const cookies: string[] = [];
  for (const policy of policies) {
    const value = hashedOf(policy, request, cookies);
    if (value !== undefined) {
      const part = xxHash64(value);
      hash = hash === undefined ? part : (BigInt.asUintN(64, hash << 1n) | (hash >> 63n)) ^ part;
    }
    if (policy.isTerminal && hash !== undefined) break;
  }
  return { hash, cookies };
}

function hashedOf(policy: HashPolicy, request: HashedRequest, cookies: string[]): string | undefined {
  if ('header' in policy) return joinedHeader(request.rawHeaders, policy.header);
  if ('sourceIp' in policy) return request.connection.remoteAddress || undefined;
  if ('query' in policy) {
    const [, query = ''] = request.url.split('?');
    return new URLSearchParams(query).get(policy.query) ?? undefined;
  }
  const { name, path, ttlMs } = policy.cookie;
  const sent = cookieOf(headerOf(request.rawHeaders, 'cookie') ?? '', name);
  if (sent !== undefined || ttlMs === undefined) return sent;
  // Unlike Envoy, which hashes both ends of the connection, by chance: it is not known from which port a
  // client calls.
  const value = request.newCookie();
  const age = ttlMs > 0 ? `; Max-Age=${Math.floor(ttlMs / 1000)}` : '';
  cookies.push(`${name}="${value}"${age}${path === '' ? '' : `; Path=${path}`}; HttpOnly`);
  return value;
}

function cookieOf(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const [key = '', ...rest] = pair.trim().split('=');
    if (key === name) return rest.join('=').replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}
