/**
 * The program `pilot-discovery`: istiod in its pod (pilot/cmd/pilot-discovery,
 * pilot/pkg/bootstrap/server.go).
 */

import type { Authority } from '../../../base/authority.ts';
import { linkedSignal } from '../../../base/deadline.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Main, ProcessContext } from '../../program.ts';
import { readPluggedAuthority, selfSignedAuthority } from '../ca/authority-source.ts';
import { createLog, type Log } from '../log.ts';
import { namesTold } from '../registry/names-told.ts';
import { ControlPlane } from './control-plane.ts';
import { leadOwnCluster } from './lead/led-cluster.ts';
import { type IstiodSettings, readIstiodSettings } from './model/settings.ts';
import { Ports } from './ports.ts';
import { requestCommand } from './request-command.ts';
import { inClusterClient } from './watch/in-cluster.ts';

/** Runs `pilot-discovery discovery`, `request` or `version`; serves until its signal aborts. */
export const pilotDiscovery: Main = async context => {
  const [, command, ...rest] = context.argv;
  switch (command) {
    case 'discovery':
      return runDiscovery(context);
    case 'request':
      return requestCommand(context, rest);
    case 'version':
      context.stdout(`${context.env['ISTIO_VERSION'] ?? ''}\n`);
      return 0;
    default:
      context.stderr(`Error: unknown command "${command ?? ''}" for "pilot-discovery"\n`);
      return 1;
  }
};

async function runDiscovery(process: ProcessContext): Promise<number> {
  // Every watch and every request listens to it.
  const context = { ...process, signal: linkedSignal(process.signal).signal };
  const { clock, signal, stdout } = context;
  const settings = readIstiodSettings(context);
  const log = createLog(clock, stdout);
  log.info(`initializing Istiod ${settings.version} for cluster ${settings.clusterId}`);
  for (const clause of namesTold(settings.behaviour.line, 'istiod', context.env)) log.warn(clause);
  const closers: (() => void)[] = [];
  try {
    const client = inClusterClient(context, settings.behaviour.streamsLists);
    // Asked before anything is watched, as client-go's discovery does; a server that does not answer shows in
    // each watch.
    await client()
      .request('GET', '/version', { signal })
      .catch(() => {});
    const authority = await createAuthority(context, settings, client, log);
    const plane = new ControlPlane({ context, settings, client, authority, log });
    closers.push(() => plane.close());
    const ports = new Ports({ context, settings, plane, authority, log });
    closers.push(() => ports.close());
    await ports.open(untilAborted(signal));
    leadOwnCluster({
      settings,
      clusterId: settings.clusterId,
      client,
      rootPem: authority.rootPem,
      isPlugged: readPluggedAuthority(context.files, settings.behaviour) !== undefined,
      clock,
      random: context.random.stream('lead'),
      signal,
      log,
    });
    await untilAborted(signal);
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    log.error(messageOf(error));
    context.stderr(`Error: failed to create discovery service: ${messageOf(error)}\n`);
    return 1;
  } finally {
    for (const close of closers.reverse()) close();
  }
}

async function createAuthority(
  { files, clock, signal }: ProcessContext,
  { behaviour, namespace }: IstiodSettings,
  client: ReturnType<typeof inClusterClient>,
  log: Log,
): Promise<Authority> {
  const plugged = readPluggedAuthority(files, behaviour);
  log.info(plugged ? 'Use local CA certificate' : 'Use self-signed certificate as the CA certificate');
  return plugged ?? (await selfSignedAuthority(client(), namespace, clock, signal));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
