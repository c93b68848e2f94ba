/** A client of istiod's gRPC services, on a connection of its own. */
import { GrpcClient } from '../../../base/grpc/client.ts';
import type { ProcessContext } from '../../program.ts';
import { dialIstiod } from './istiod-connection.ts';
import { type AgentSettings, type ServerAddress, TOKEN_FILE } from './settings.ts';

/**
 * Dials istiod. The connection is the caller's to close.
 * @throws Error in gRPC's words
 */
export async function openIstiod(context: ProcessContext, address: ServerAddress): Promise<GrpcClient> {
  const socket = await dialIstiod(context, address);
  return new GrpcClient(socket, { authority: `${address.host}:${address.port}`, scheme: 'https' });
}

/** Returns the metadata of every call: the pod's token, and the cluster whose API server can verify it. */
export function credentials({ files }: ProcessContext, { clusterId }: AgentSettings): Record<string, string> {
  const token = files.exists(TOKEN_FILE) ? files.read(TOKEN_FILE).trim() : '';
  return { authorization: `Bearer ${token}`, clusterid: clusterId };
}
