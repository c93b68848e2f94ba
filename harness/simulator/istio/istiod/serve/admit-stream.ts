/** Who may open a discovery stream, and how istiod refuses the others. */

import { messageOf } from '../../../../base/errors.ts';
import type { ServerCall } from '../../../../base/grpc/server-call.ts';
import { GrpcError } from '../../../../base/grpc/status.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import type { Authenticator, Caller } from './authenticate.ts';

/** How to know a caller, and who hears of strangers. */
export interface AdmissionOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
}

/**
 * Finds out who asks for a stream.
 * @throws GrpcError Unauthenticated, which tells no more than that
 */
export async function admitStream(
  { log, metrics, authenticator }: AdmissionOptions,
  { metadata, peer }: ServerCall,
): Promise<Caller> {
  try {
    return await authenticator.authenticate(metadata);
  } catch (error) {
    metrics.add('pilot_xds_authentication_failures');
    log.error(`Failed to authenticate client from ${peer.address ?? 'unknown'}: ${messageOf(error)}`);
    throw new GrpcError('Unauthenticated', 'authentication failure', { cause: error });
  }
}

/**
 * Holds what a proxy says of itself against its token (pilot/pkg/xds/auth.go @1.30.3).
 * @throws Error if it gives itself out for one of another namespace or service account
 */
export function checkIdentity({ namespace, metadata }: ProxyNode, caller: Caller | undefined): void {
  if (!caller) return;
  const account = metadata['SERVICE_ACCOUNT'] ?? '';
  if (caller.namespace === namespace && (account === '' || caller.serviceAccount === account)) return;
  throw new Error(`no identities ([${caller.identity}]) matched ${namespace}/${account}`);
}
