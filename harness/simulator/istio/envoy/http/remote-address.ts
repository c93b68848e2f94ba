/** Who the client of a request is (source/common/http/conn_manager_utility.cc @v1.30). */
import { isIPv4 } from 'node:net';
import { joinedHeader } from '../../../../base/http1/message-head.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { ManagerContext } from './manager-context.ts';

const FORWARDED_FOR = 'x-forwarded-for';

/** Whom a listener takes for the client. */
type Trust = Pick<ManagerContext, 'usesRemoteAddress' | 'trustedHops'>;

/**
 * Returns the address of the client: of the connection, or the one that the last trusted proxy has named in
 * `x-forwarded-for`.
 * @param rawHeaders - of the request as it came: names and values in turn
 */
export function remoteAddressOf(
  { usesRemoteAddress, trustedHops }: Trust,
  { remoteAddress }: DownstreamConnection,
  rawHeaders: readonly string[],
): string {
  const skipped = usesRemoteAddress ? trustedHops - 1 : trustedHops;
  const named = joinedHeader(rawHeaders, FORWARDED_FOR)?.split(',') ?? [];
  const found = skipped < 0 ? '' : (named[named.length - 1 - skipped]?.trim() ?? '');
  return isIPv4(found) ? found : remoteAddress;
}

/** Adds the client of the connection to those that are named, at a listener that goes by it. */
export function withForwardedFor(
  { usesRemoteAddress }: Trust,
  { remoteAddress }: DownstreamConnection,
  headers: string[],
): string[] {
  if (!usesRemoteAddress || remoteAddress === '') return headers;
  const at = headers.findIndex((name, index) => index % 2 === 0 && name === FORWARDED_FOR);
  if (at < 0) return [...headers, FORWARDED_FOR, remoteAddress];
  return headers.with(at + 1, `${headers[at + 1]},${remoteAddress}`);
}
