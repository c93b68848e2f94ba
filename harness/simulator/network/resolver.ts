/**
 * A name → its addresses, as the C library looks it up: literals, localhost, then the name server along the
 * search list.
 */
import { parseIpv4 } from '../../base/ipv4.ts';
import { DNS_PORT, decodeAnswer, encodeQuery, isEncodableName, RCODE } from './dns.ts';
import type { ResolverConfig } from './interfaces.ts';
import { lookupError } from './socket-errors.ts';

/** resolv.conf's defaults: `options timeout:5 attempts:2`. */
const TIMEOUT_MS = 5000;
const ATTEMPTS = 2;

/**
 * Sends one packet and waits for its answer; rejects after `timeoutMs`, or at once if the host refuses it.
 */
export type Exchange = (address: string, port: number, query: Buffer, timeoutMs: number) => Promise<Buffer>;

/**
 * Lists the names that the resolver tries in turn. It tries a name with enough dots as it is first, and one
 * with a final dot only as it is.
 */
export function candidates(
  name: string,
  { search, ndots }: Pick<ResolverConfig, 'search' | 'ndots'>,
): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = search.map(domain => `${name}.${domain.replace(/\.$/, '')}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...searched] : [...searched, name];
}

/**
 * Makes glibc's getaddrinfo for IPv4 (res_search in resolv/res_query.c). It does not cache.
 *
 * @param nextId - gives the id of a query
 * @throws an Error with code ENOTFOUND or EAI_AGAIN
 */
export async function resolveName(
  name: string,
  config: ResolverConfig | undefined,
  exchange: Exchange,
  nextId: () => number,
): Promise<readonly string[]> {
  if (parseIpv4(name) !== undefined) return [name];
  if (name === 'localhost' || name === 'localhost.') return ['127.0.0.1'];
  // No resolv.conf: 127.0.0.1:53, where nobody listens.
  if (config === undefined) throw lookupError('EAI_AGAIN', name);
  let serverFailed = false;
  for (const candidate of candidates(name, config)) {
    if (!isEncodableName(candidate)) continue;
    const answer = await ask(candidate, config.nameserver, exchange, nextId);
    if (answer === undefined) throw lookupError('EAI_AGAIN', name);
    if (answer.rcode === RCODE.noError && answer.addresses.length > 0) return answer.addresses;
    if (answer.rcode !== RCODE.noError && answer.rcode !== RCODE.nameError) serverFailed = true;
  }
  throw lookupError(serverFailed ? 'EAI_AGAIN' : 'ENOTFOUND', name);
}

async function ask(name: string, nameserver: string, exchange: Exchange, nextId: () => number) {
  const id = nextId();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const answer = decodeAnswer(await exchange(nameserver, DNS_PORT, encodeQuery(id, name), TIMEOUT_MS));
      if (answer?.id === (id & 0xffff)) return answer;
    } catch {
      // Silence or a refusal; both are tried again, then the lookup fails for now.
    }
  }
  return undefined;
}
