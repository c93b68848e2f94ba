/** The Unix sockets on which pilot-agent serves its Envoy: configuration and certificates. */

import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { CleanupStack } from '../../../harness/base/dispose.ts';
import { messageOf } from '../../../harness/base/errors.ts';
import { splice } from '../../../harness/base/splice.ts';
import { dialIstiod } from '../../../harness/simulator/istio/agent/istiod-connection.ts';
import type { AgentSettings } from '../../../harness/simulator/istio/agent/settings.ts';
import type { Log } from '../../../harness/simulator/istio/log.ts';
import type { ProcessContext } from '../../../harness/simulator/program.ts';
import type { SecretsHost } from './secrets-host.ts';

/** Paths of the sockets. */
export interface AgentSockets {
  readonly discovery: string;
  readonly secrets: string;
}

/**
 * Everyone may connect: Envoy runs as another user. Bytes of discovery go to istiod as they are, over TLS.
 */
export async function openAgentSockets(
  { context, settings, log, cleanUp }: AgentProcess,
  folder: string,
  secrets: SecretsHost,
): Promise<AgentSockets> {
  const sockets = { discovery: path.join(folder, 'XDS'), secrets: path.join(folder, 'SDS') };
  await listen(sockets.secrets, socket => secrets.accept(socket), cleanUp);
  await listen(
    sockets.discovery,
    socket =>
      dialIstiod(context, settings.discovery).then(
        istiod => splice(socket, istiod),
        error => {
          log.warn(`failed to connect to upstream: ${messageOf(error)}`);
          socket.destroy();
        },
      ),
    cleanUp,
  );
  return sockets;
}

/** The agent's process in its container. */
export interface AgentProcess {
  readonly context: ProcessContext;
  readonly settings: AgentSettings;
  readonly log: Log;
  readonly cleanUp: CleanupStack;
}

async function listen(
  file: string,
  onSocket: (socket: net.Socket) => void,
  cleanUp: CleanupStack,
): Promise<void> {
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {}); // its close is enough
    onSocket(socket);
  });
  cleanUp.add(`close ${path.basename(file)}`, () => void server.close());
  server.listen(file);
  await once(server, 'listening');
  chmodSync(file, 0o777);
}
